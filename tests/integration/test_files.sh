# Files as people and other programs have them, through the commands: what is routed on them, what is said, what is refused.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
mlu() { "$lead" te --format json "$@" 2>"$work/log" | sed 's/.*"mlu":\([^,]*\),.*/\1/'; }
is() { # WHAT GOT WANTED
    holds "abs(float('$2') - $3) < 1e-9" || fail "$1: MLU $2, not $3 ($(cat "$work/log"))"
}
says() { # PATTERN COMMAND...: status 0 and a message
    local pattern=$1
    shift
    "$@" >"$work/said" 2>&1 || fail "$*: $(cat "$work/said")"
    grep -qE -- "$pattern" "$work/said" || fail "$* said \"$(cat "$work/said")\", not /$pattern/"
}

# --- no library comes from the current folder: no element of a RUNPATH is empty or relative ---
for file in "$LEAD_BUILD"/lead "$LEAD_BUILD"/*.so* "$LEAD_BUILD"/test_* "$LEAD_BUILD"/bench_*; do
    path=$({ readelf -d "$file" 2>/dev/null || true; } | sed -n 's/.*RUNPATH.*\[\(.*\)\]/\1/p')
    case ":$path:" in
    "::") ;;
    *::*) fail "$file: RUNPATH $path has an empty element" ;;
    esac
done

# --- SNDlib: directed networks, units, pixels ---
network() { # UNIT LINKS: an SNDlib file with a demand of 80 from A to C
    cat <<X
<?xml version="1.0" encoding="UTF-8"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0"><meta>$1</meta><networkStructure>
<nodes coordinatesType="geographical"><node id="A"/><node id="B"/><node id="C"/></nodes><links>
$(for link in $2; do echo "<link id=\"$link\"><source>${link%-*}</source><target>${link#*-}</target><preInstalledModule><capacity>100</capacity></preInstalledModule></link>"; done)
</links></networkStructure>
<demands><demand id="1"><source>A</source><target>C</target><demandValue>80</demandValue></demand></demands></network>
X
}
network "<unit>MBITPERSEC</unit>" "A-B B-A B-C C-B" >arcs.xml
network "<unit>MBITPERSEC</unit>" "A-B B-C" >cables.xml
network "" "A-B B-C" >nounit.xml
network "<unit>BITSPERSEC</unit>" "A-B B-C" >bits.xml
is arcs "$(mlu --topology arcs.xml --tm arcs.xml --algorithm mcf)" 0.8
is "arcs as cables" "$(mlu --topology arcs.xml --tm arcs.xml --algorithm mcf --directions both)" 0.4
is cables "$(mlu --topology cables.xml --tm cables.xml --algorithm ecmp)" 0.8
is bits "$(mlu --topology bits.xml --tm bits.xml --algorithm ecmp)" 0.8
is "stated unit" "$(mlu --topology nounit.xml --tm nounit.xml --algorithm ecmp --unit Mbit/s)" 0.8
is "two units" "$(mlu --topology nounit.xml --tm cables.xml --algorithm ecmp --topology-unit Gbit/s)" 0.0008
refused "nounit.xml:2: no <unit> is stated for the capacities; state it.*--topology-unit" "$lead" te --topology nounit.xml --tm nounit.xml --algorithm ecmp
says "3 nodes, 4 directed links" "$lead" convert nounit.xml u.yaml --unit Mbit/s
grep -q "capacity: 100000000 bit/s" u.yaml || fail "convert --unit is not heeded: $(cat u.yaml)"
says "each of the 4 links has its reverse beside it" "$lead" convert arcs.xml arcs.yaml
cat >s.yaml <<Y
name: units
topology: { file: nounit.xml, unit: Mbit/s }
traffic: { tm: { file: nounit.xml, unit: Mbit/s } }
policies: [ { name: e, te: { algorithm: ecmp } } ]
engine: fluid
Y
says "3 nodes, 4 links; 1 epochs" "$lead" validate s.yaml
grep -q "^no link has a delay: .*nounit.xml states neither delays nor places of nodes$" "$work/said" || fail "links without a delay are not told of: $(cat "$work/said")"
"$lead" validate "$LEAD_SOURCE/scenarios/abilene-synthetic.yaml" >abilene 2>&1
! grep "no link has a delay" abilene || fail "Abilene has delays"

# --- weights: some without, and what conversion does to routing ---
printf 'time,A>A,A>B,A>C,B>A,B>B,B>C,C>A,C>B,C>C\n2024-01-01,0,0,900000,0,0,0,0,0,0\n' >tm.csv
printf 'src,dst,capacity_kbps,igp_weight\nA,B,1000000,1\nB,C,1000000,1\nA,C,1000000,10\nC,A,1000000,\n' >some.csv
refused "link C-A has no weight; 3 of 4 links have one" "$lead" te --topology some.csv --tm tm.csv --algorithm ecmp
refused "link C-A has no weight" "$lead" te --topology some.csv --tm tm.csv --algorithm ecmp --weights file
"$lead" te --topology some.csv --tm tm.csv --algorithm ecmp --weights unit >/dev/null
for types in "long double" "double long"; do
    read -r first second <<<"$types"
    cat >networkx.graphml <<X
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="w1" for="edge" attr.name="weight" attr.type="$first"/><key id="w2" for="edge" attr.name="weight" attr.type="$second"/>
<key id="c" for="edge" attr.name="capacity" attr.type="double"/>
<graph edgedefault="undirected"><node id="A"/><node id="B"/><node id="C"/>
<edge source="A" target="B"><data key="c">1e9</data><data key="w1">1</data></edge>
<edge source="A" target="C"><data key="c">1e9</data><data key="w2">2.5</data></edge>
<edge source="B" target="C"><data key="c">1e9</data><data key="w1">1</data></edge></graph></graphml>
X
    "$lead" te --topology networkx.graphml --tm tm.csv --algorithm ecmp --out routing.csv >/dev/null
    grep -q "^split,A,C,1,A>B," routing.csv || fail "weights of two types: $(cat routing.csv)"
done
cat >tri.yaml <<Y
nodes: [{name: A},{name: B},{name: C}]
links:
 - {from: A, to: B, capacity: 1 Gbit/s, both: true}
 - {from: A, to: C, capacity: 10 Gbit/s, both: true}
 - {from: C, to: B, capacity: 10 Gbit/s, both: true}
Y
sed 's/capacity: 1 Gbit/weight: 1, delay: 5 ms, risk_group: 1, capacity: 1 Gbit/; s/capacity: 10 Gbit/weight: 5, delay: 1 ms, capacity: 10 Gbit/' tri.yaml >triw.yaml
sed 's/,0,0,900000/,0,900000,0/' tm.csv >ab.csv
for ending in graph csv xml graphml gml; do
    "$lead" convert tri.yaml "t.$ending" >/dev/null 2>&1
    is "tri.$ending" "$(mlu --topology "t.$ending" --tm ab.csv --algorithm ecmp)" 0.09
    "$lead" convert triw.yaml "w.$ending" >/dev/null 2>said
    case $ending in
    xml) for what in weights delays "risk groups"; do grep -q "the format has no $what" said || fail "$ending: $what lost: $(cat said)"; done ;;
    *) is "triw.$ending" "$(mlu --topology "w.$ending" --tm ab.csv --algorithm ecmp)" 0.9 ;;
    esac
done

# --- what is written is UTF-8 and read by others; what cannot be read back is not written ---
printf 'src,dst,capacity_kbps\nZ\374rich,b,1\n' >latin.csv
for ending in yaml graphml xml; do refused "latin.csv:2: node name .* is not UTF-8" "$lead" convert latin.csv "latin.$ending"; done
printf 'src,dst,capacity_kbps\na,b,1\nb,c,1\nc,a,1\n' >oneway.csv
refused "a-b has no reverse" "$lead" convert oneway.csv oneway.xml
printf 'src,dst,capacity_kbps,igp_weight,delay_s,risk_group,name\n"Zürich, HB",b & c,1000000000000000,2.5,1e-07,3,north\n"Zürich, HB",b & c,7,1,0,,south\nb & c,"Zürich, HB",1,1,0,,\n' >odd.csv
for ending in gml graphml; do
    "$lead" convert oneway.csv "oneway.$ending" >/dev/null 2>&1
    says "3 nodes, 3 directed links" "$lead" convert "oneway.$ending" back.csv
    "$lead" convert odd.csv "odd.$ending" >/dev/null 2>&1
    /usr/bin/python3 - "odd.$ending" <<'PY' || fail "networkx does not read odd.$ending as it was"
import sys, networkx
path = sys.argv[1]
graph = networkx.read_gml(path) if path.endswith(".gml") else networkx.read_graphml(path)
names = {v: graph.nodes[v].get("label", v) for v in graph}
edges = sorted((names[s], names[t], d["capacity"], d.get("weight"), d.get("risk_group"), d.get("name")) for s, t, d in graph.edges(data=True))
want = sorted([("Zürich, HB", "b & c", 1e18, 2.5, 3, "north"), ("Zürich, HB", "b & c", 7000.0, 1.0, None, "south"), ("b & c", "Zürich, HB", 1000.0, 1.0, None, None)], key=str)
sys.exit(sorted(edges, key=str) != want or not graph.is_directed() or not graph.is_multigraph())
PY
done

# --- entities ---
python3 - >quad.xml <<'PY'
print('<!DOCTYPE network [<!ENTITY a "%s">]><network><meta><unit>MBITPERSEC</unit></meta><networkStructure><nodes><node id="A"/></nodes><links><link id="l"><source>%s</source><target>A</target></link></links></networkStructure></network>' % ("x" * 100000, "&a;" * 100000))
PY
(ulimit -v 1000000 && refused "quad.xml:1: entities are declared" "$lead" convert quad.xml quad.yaml --capacity 1e9) || exit 1

# --- a checkpoint beside the scenario; what a scenario says of events and epochs is checked ---
printf 'time,A>B,B>A\n2024-01-01,1,2\n2024-01-01 00:05,1,2\n2024-01-01 00:10,1,2\n' >two.csv
printf 'src,dst,capacity_kbps\nA,B,10\nB,A,10\n' >two-links.csv
printf 'src,dst,capacity_kbps\nA,B,10\nB,A,10\n' >my-model.pt # no model, but there
scenario() { # MORE POLICY
    cat <<Y
name: two
topology: { file: two-links.csv }
traffic: { tm: { file: two.csv } }
policies: [ { name: p, $2te: { algorithm: mcf } } ]
engine: fluid
$1
Y
}
scenario "" "predict: { model: torchscript, checkpoint: my-model.pt }, " >model.yaml
refused "$work/my-model.pt" "$lead" validate model.yaml
scenario "events: [ { kind: link-failure, epoch: 1, link: A-nowhere } ]" "" >event.yaml
for command in validate run; do refused "event.yaml:6: events\[0\].link: the network has no link \"A-nowhere\"" "$lead" $command event.yaml; done
scenario "events: [ { kind: link-failure, epoch: 3, link: A-B } ]" "" >late.yaml
for command in validate run; do refused "late.yaml:6: events\[0\].epoch: epoch 3 does not come" "$lead" $command late.yaml; done
scenario "" "predict: { model: nlinear-day }, " >short.yaml
refused "policy \"p\": nlinear-day: " "$lead" validate short.yaml
scenario "" "predict: { model: last, samples: bootstrap 20 }, " >short.yaml
refused "policy \"p\": last: 20 samples need TMs" "$lead" validate short.yaml
[ ! -e out ] || fail "a refused run left $(ls out)"

# --- every command tells what it takes ---
for command in run validate evaluate te convert traffic info; do says "^lead $command" "$lead" $command --help; done
refused "\-\-index: 1.9 is not a whole number" "$lead" te --topology two-links.csv --tm two.csv --algorithm ecmp --index 1.9

# --- an epoch under a plan that fell back counts, however long ago the lap was ---
scenario "" "" | sed 's/te: { algorithm: mcf }/te: { algorithm: ecmp, weights: file }/' >fallen.yaml
refused "policy \"p\" would fall back in every epoch: PLAN: link A-B has no weight" "$lead" validate fallen.yaml
"$lead" run fallen.yaml --out fallen >/dev/null 2>said || fail "$(cat said)"
grep -q 'policy "p" fell back in 3 of 3 epochs' said || fail "not said: $(cat said)"
[ "$(grep -c ',PLAN,' fallen/p/epochs.csv)" = 3 ] || fail "$(cat fallen/p/epochs.csv)"

# --- an event takes all parallel links; not at the very end of an epoch ---
printf 'src,dst,capacity_kbps,name\nA,B,10,x\nA,B,10,y\nB,A,10,\nA,C,10,\nC,B,10,\nB,C,10,\nC,A,10,\n' >parallel.csv
printf 'time,A>B,A>C,B>A,B>C,C>A,C>B\n2024-01-01,1,1,1,1,1,1\n2024-01-01 00:05,1,1,1,1,1,1\n2024-01-01 00:10,1,1,1,1,1,1\n' >three.csv
scenario "events: [ { kind: link-failure, epoch: 1, link: A-B } ]" "" | sed 's/two-links/parallel/; s/file: two.csv/file: three.csv/' >parallel.yaml
"$lead" run parallel.yaml --out parallel >/dev/null 2>said || fail "$(cat said)"
[ "$(awk -F, '$1 == 2 && $2 == "A" && $3 == "B" { sum += $6; n++ } END { print n, sum + 0 }' parallel/p/links.csv)" = "2 0" ] || fail "a parallel link lives: $(cat parallel/p/links.csv)"
scenario "events: [ { kind: link-failure, epoch: 1, offset: 300 s, link: A-B } ]" "" >end.yaml
refused "end.yaml:6: events\[0\].offset: 300 s is when the epoch's 300 s are over" "$lead" validate end.yaml

# --- options that are not heeded ---
refused "two.csv holds traffic matrices" "$lead" convert two.csv o.csv.gz --capacity 1e9
refused "\-\-index is there twice" "$lead" te --topology two-links.csv --tm two.csv --algorithm ecmp --index 0 --index 1
refused "\-\-unit: \"\" is not a unit" "$lead" te --topology two-links.csv --tm two.csv --algorithm ecmp --unit ""
