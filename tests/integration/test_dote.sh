# Folders of DOTE and FIGRET, as docs/files.md shows them: written and read back as the same TMs, network and paths; their optima are
# those over the paths; a scenario plans over a tunnels.txt; what cannot be written leaves nothing.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
PATH=$LEAD_BUILD:$PATH
mkdir scenarios
cp "$LEAD_SOURCE/scenarios/abilene.yaml" scenarios/
printf 'name: t\ntopology: { file: scenarios/abilene.yaml }\ntraffic: { synthetic: { epochs: 20, history: 0 } }\npolicies: [ { name: p, te: { algorithm: ecmp } } ]\nengine: fluid\n' >t.yaml
lead traffic t.yaml tms.csv.gz >/dev/null 2>said || fail "$(cat said)"

# The page's commands.
awk '/^## / { here = /^## Folders of DOTE/ } here && /^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$LEAD_SOURCE/docs/files.md" >commands
[ "$(wc -l <commands)" = 3 ] || fail "docs/files.md shows $(wc -l <commands) commands"
bash -e commands >said 2>&1 || fail "docs/files.md: $(cat said)"
grep -q "abilene: 15 TMs to train on, 5 to test on, of 12 nodes; 30 directed links" said || fail "$(cat said)"
grep -q "abilene/.*: .opt files and tunnels.txt are not read with the TMs" said || fail "what is not read is not said: $(cat said)"

# The same TMs, network and paths; each .opt is the least MLU over the paths, and at least that over all routings.
lead convert tms.csv.gz plain.csv >/dev/null
lead convert back.csv.gz back.csv >/dev/null
cut -d, -f2- plain.csv >plain.tms
cut -d, -f2- back.csv >back.tms
/usr/bin/python3 - <<'PY' || fail "other TMs"
import numpy as np
a, b = (np.loadtxt(name, delimiter=",", skiprows=1) for name in ("plain.tms", "back.tms"))
assert a.shape == b.shape == (20, 144) or a.shape == b.shape == (20, 132), a.shape
np.testing.assert_allclose(a, b, rtol=1e-12)
PY
[ "$(head -n 1 plain.tms)" = "$(head -n 1 back.tms)" ] || fail "other names"
lead convert abilene/abilene.json back.yaml >/dev/null 2>&1
lead convert scenarios/abilene.yaml plain.yaml >/dev/null
diff plain.yaml back.yaml || fail "another network"
lead convert tms.csv.gz second --topology scenarios/abilene.yaml --train 0.5 --tunnels abilene/tunnels.txt >said 2>&1 || fail "$(cat said)"
cmp abilene/tunnels.txt second/tunnels.txt || fail "other paths"
cmp <(cat abilene/*/*.opt | sort) <(cat second/*/*.opt | sort) || fail "other optima"
[ "$(wc -l <second/test/2.hist)" = 10 ] || fail "half of the TMs are $(wc -l <second/test/2.hist)"
# of <algorithm> <index> <option>...: the MLU of a TM of the folder
of() { lead te --topology abilene/abilene.json --tm abilene --unit bit/s --algorithm "$1" --index "$2" "${@:3}" --format json 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["mlu"])'; }
cat abilene/train/1.opt abilene/test/2.opt >opt
for index in 0 7 19; do
    opt=$(sed -n $((index + 1))p opt)
    holds "abs($(of paths $index --tunnels abilene/tunnels.txt --tie-break vertex) - $opt) < 1e-9"
    holds "abs($(of paths $index --paths 4 --tie-break vertex) - $opt) < 1e-9"
    holds "$(of mcf $index) <= $opt * (1 + 1e-6)"
done

# What FIGRET does with the folder, in a few lines: its network by networkx, its paths as edges of it, a TM a line, an optimum a TM.
/usr/bin/python3 - <<'PY' || fail "as FIGRET reads it"
import json, networkx as nx
data = json.load(open("abilene/abilene.json"))
data["edges"] = data.pop("links")
try:
    graph = nx.node_link_graph(data, edges="edges")
except TypeError: # before 3.4
    data["links"] = data.pop("edges")
    graph = nx.node_link_graph(data)
assert sorted(graph) == list(range(12)) and graph.is_directed() and not graph.is_multigraph() and graph.number_of_edges() == 30
pairs = {}
for line in open("abilene/tunnels.txt"):
    pair, paths = line.split(":")
    source, destination = map(int, pair.split(" "))
    pairs[source, destination] = [list(map(int, path.split("-"))) for path in paths.split(",")]
    for path in pairs[source, destination]:
        assert path[0] == source and path[-1] == destination and nx.is_path(graph, path) and len(set(path)) == len(path), path
assert len(pairs) == 132 and max(map(len, pairs.values())) == 4
matrix = [[float(x) for x in line.split(",")] for line in open("abilene/abilene_int.txt")]
for a, b, data in graph.edges(data=True):
    assert matrix[a][b] == data["capacity"] > 0
assert sum(x > 0 for row in matrix for x in row) == sum(1 for _ in open("abilene/abilene_int.pickle.nnet")) == 30
for part, count in ("train/1", 15), ("test/2", 5):
    tms = [[float(x) for x in line.split(" ") if x] for line in open(f"abilene/{part}.hist")]
    assert len(tms) == count == len([float(x) for x in open(f"abilene/{part}.opt")]) and all(len(tm) == 144 for tm in tms)
PY

# --- a scenario over tunnels ---
cat >s.yaml <<'Y'
name: s
topology: { file: abilene/abilene.json }
traffic: { tm: { file: abilene, unit: bit/s, epochs: 6 } }
policies:
  - { name: given, predict: { model: oracle }, te: { algorithm: paths, tunnels: abilene/tunnels.txt, tie_break: vertex } }
  - { name: own, predict: { model: oracle }, te: { algorithm: paths, paths: 4, tie_break: vertex } }
engine: fluid
Y
lead validate s.yaml >said 2>&1 || fail "$(cat said)"
lead run s.yaml --out out >said 2>&1 || fail "$(cat said)"
cmp out/given/epochs.csv out/own/epochs.csv || fail "the tunnels are not those of paths: 4"
lead run out/scenario.yaml --out again >said 2>&1 || fail "the written scenario: $(cat said)"
cmp out/given/epochs.csv again/given/epochs.csv || fail "the written scenario runs otherwise"
sed 's/^0 1:.*/0 1:0-7-1/' abilene/tunnels.txt >bad.txt
refused "bad.txt:1: the network has no link 0-7" lead validate s.yaml --set policies.given.te.tunnels=bad.txt
refused "tunnels: .*nowhere.txt" lead validate s.yaml --set policies.given.te.tunnels=nowhere.txt
refused "leave path_choice out" lead validate s.yaml --set policies.given.te.path_choice=disjoint
sed -n 2,100p abilene/tunnels.txt >few.txt
lead run s.yaml --out few --policy given --set policies.given.te.tunnels=few.txt >said 2>&1 || fail "$(cat said)"
grep -q "few.txt: [0-9]* of 132 OD pairs have no path in it" said || fail "$(cat said)"
grep -q "OD pairs with traffic have no path in .*few.txt over links that are up: they take their shortest path" said || fail "$(cat said)"
# A what-if's rows are of the file's bytes, not of its name.
lead whatif s.yaml --policy given --load-sweep 1 --out table >said 2>&1 || fail "$(cat said)"
lead whatif s.yaml --policy given --load-sweep 1 --out table >said 2>&1 || fail "$(cat said)"
grep -q "1 of them done before" said || fail "the same tunnels are other rows: $(cat said)"
sed -i 's/^0 2:.*/0 2:0-1-5-2/' abilene/tunnels.txt
lead whatif s.yaml --policy given --load-sweep 1 --out table >said 2>&1 || fail "$(cat said)"
! grep -q "done before" said || fail "rows of other tunnels were taken: $(cat said)"

# --- what cannot be written ---
refused "abilene: is there already" lead convert tms.csv.gz abilene --topology scenarios/abilene.yaml --train 0.75
refused "paths is for a folder of DOTE and FIGRET: state --train" lead convert tms.csv.gz o.csv --paths 3
refused "state --topology FILE" lead convert tms.csv.gz out-dote --train 0.75
refused "train: 0.01 of 20 TMs leaves none to train on" lead convert tms.csv.gz out-dote --topology scenarios/abilene.yaml --train 0.01
refused "train: 1 of 20 TMs leaves none to test on" lead convert tms.csv.gz out-dote --topology scenarios/abilene.yaml --train 1
refused "abilene.yaml is a network: --topology is for traffic matrices" lead convert scenarios/abilene.yaml out-dote --topology scenarios/abilene.yaml --train 0.5
refused "leave --path-choice out" lead convert tms.csv.gz out-dote --topology scenarios/abilene.yaml --train 0.5 --tunnels second/tunnels.txt --path-choice disjoint
printf 'src,dst,capacity_kbps,name\nA,B,10,x\nA,B,10,y\nB,A,10,\n' >parallel.csv
printf 'time,A>B,B>A\n2024-01-01,1,2\n2024-01-01 00:05,0,0\n' >two.csv
refused "parallel ones" lead convert two.csv out-dote --topology parallel.csv --train 0.5
[ -z "$(find . -name 'out-dote*')" ] || fail "half written: $(find . -name 'out-dote*')"
printf 'src,dst,capacity_kbps\nA,B,10\nB,A,10\n' >pair.csv
lead convert two.csv zeros --topology pair.csv --train 0.5 --path-choice disjoint >said 2>&1 || fail "$(cat said)"
grep -q "zeros: 1 TMs have no traffic: their optimum is 0" said || fail "$(cat said)"
