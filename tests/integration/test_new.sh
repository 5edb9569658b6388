# `lead new`: a network and TMs as users have them become a scenario that passes `lead validate` and runs at once, on both engines; what
# was guessed is said on the terminal and in the file; what cannot go well is refused with what to do instead, and nothing is written.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
real=${LEAD_DATA:-}
unset LEAD_DATA LEAD_MODELS

# frame FILE COUNT [STEP [FACTOR [EDIT]]]: TMs of four towns, kbit/s times FACTOR, as pandas writes them; EDIT is a line of Python.
cat >frame.py <<'PY'
import csv, math, random, sys
from datetime import datetime, timedelta
path, count, step, factor, edit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
draw = random.Random(1)
nodes = ["Paris", "Lyon", "Nice", "Metz"]
pairs = [f"{a}>{b}" for a in nodes for b in nodes if a != b]
times = [datetime(2024, 3, 1) + timedelta(seconds=step * i) for i in range(count)]
rows = [[f"{factor * 1e5 * (1 + 0.3 * math.sin(2 * math.pi * i * step / 86400)) * draw.uniform(0.7, 1.3):.6g}" for _ in pairs] for i in range(count)]
exec(edit)
with open(path, "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["", *pairs])
    table.writerows([str(time), *row] for time, row in zip(times, rows))
PY
frame() { python3 frame.py "$1" "$2" "${3:-300}" "${4:-1}" "${5:-pass}"; }
{
    printf 'nodes: [ {name: Paris}, {name: Lyon}, {name: Nice}, {name: Metz} ]\nlinks:\n'
    for cable in Paris,Lyon Lyon,Nice Nice,Metz Metz,Paris Paris,Nice; do
        echo "  - { from: ${cable%,*}, to: ${cable#*,}, capacity: 1 Gbit/s, delay: 2 ms, both: true }"
    done
} >net.yaml

# said PATTERN: on the terminal, whose lines are joined again.
said() { tr -s ' \n' ' ' <said | grep -qE -- "$1" || fail "not said: /$1/ but $(cat said)"; }
# makes OUT ARGUMENT...: `lead new` writes OUT; what it says fits 80 columns; each note is in the file, too.
makes() {
    local out=$1
    shift
    "$lead" new "$@" --out "$out" >said 2>whines || fail "lead new $*: $(cat said whines)"
    awk 'length > 80 { exit 1 }' said || fail "wider than 80 columns: $(cat said)"
    [[ $out == *.json ]] || python3 - "$out" said <<'PY' || fail "$out lacks a note of $(cat said)"
import re, sys
words = " ".join(line.strip().lstrip("#").strip() for line in open(sys.argv[1]) if line.lstrip().startswith("#"))
for note in re.split(r"^- ", open(sys.argv[2]).read().split("Next:")[0], flags=re.M)[1:]:
    assert " ".join(note.split()) in words, note
PY
}
# goes FILE [EPOCHS]: it is in order without a warning of a lap that falls back, and runs.
goes() {
    "$lead" validate "$1" >checked 2>&1 || fail "lead validate $1: $(cat checked "$1")"
    ! grep -q "falls back" checked || fail "lead validate $1: $(cat checked)"
    [ -z "${2:-}" ] || grep -qE "; $2 epochs of" checked || fail "$1 has not $2 epochs: $(cat checked)"
    sed 's/epochs: [0-9]*$/epochs: 4/' "$1" >"${1%.yaml}-short.yaml" # beside it
    [ "${2:-4}" -ge 4 ] || cp "$1" "${1%.yaml}-short.yaml"
    "$lead" run "${1%.yaml}-short.yaml" --engine fluid --out run >ran 2>&1 || fail "lead run $1: $(cat ran)"
    rm -rf run
}
# names FILE POLICY...: the scenario's policies.
names() {
    local file=$1
    shift
    [ "$(sed -n 's/^  - { name: \([a-z]*\),.*/\1/p' "$file" | tr '\n' ' ')" = "$* " ] || fail "policies of $file: $(grep name: "$file")"
}

# --- what there is ---
frame good.csv 800
makes good.yaml net.yaml good.csv
said "A guess: the numbers of good.csv are kbit/s"
said "Of 800 TMs 300 s apart the run has 288, 2024-03-02T18:40:00Z to 2024-03-03T18:35:00Z: the last whole day"
said "best routing's MLU is 0\.[0-9]+\. Demands are as they are"
if [ -e "$LEAD_BUILD/liblead-torch.so" ]; then
    said "No checkpoint that is here is of these nodes and this step: policy .lead. takes any, which is for any network"
    names good.yaml static reactive hedged lead oracle
else
    said "policy .forecast. takes nlinear-day"
    names good.yaml static reactive hedged forecast oracle
fi
goes good.yaml 288
"$lead" run good.yaml --engine fluid --out whole >ran 2>&1 || fail "a whole day: $(cat ran)"
"$lead" new net.yaml good.csv >/dev/null # the usual name, and the same scenario
[ "$(sed 's/net-day/good/' net-day.yaml)" = "$(cat good.yaml)" ] || fail "not the same: $(diff net-day.yaml good.yaml)"
if has_ns3; then # a run is short enough, and its loads are those of the fluid, but for the grain of packets
    makes packets.yaml net.yaml good.csv
    sed -i 's/epochs: 288/epochs: 6/' packets.yaml
    "$lead" run packets.yaml --policy static,oracle --out packets >/dev/null 2>&1 || fail "on ns3"
    "$lead" run packets.yaml --policy static,oracle --engine fluid --out fluid >/dev/null 2>&1
    holds "abs($(number packets/summary.json oracle mlu mean) / $(number fluid/summary.json oracle mlu mean) - 1) < 0.25"
fi

! grep -q path_choice good.yaml || fail "paths were chosen where the shortest will do: $(cat good.yaml)"

# Six shortest paths from Paris to Lyon lead over one link, which the best routing shares with a longer way.
{
    printf 'nodes: [ {name: Paris}, {name: Lyon}, {name: Nice}, {name: Metz}, {name: in}, {name: out}'
    printf ', {name: %s}' m1 m2 m3 m4 m5 m6 x1 x2 x3 x4
    printf ' ]\nlinks:\n'
    for cable in Paris,in out,Lyon in,m{1..6} m{1..6},out Paris,x1 x1,x2 x2,x3 x3,x4 x4,Lyon Paris,Nice Lyon,Metz; do
        echo "  - { from: ${cable%,*}, to: ${cable#*,}, capacity: 1 Gbit/s, delay: 2 ms, both: true }"
    done
} >narrow.yaml
frame narrow.csv 800 300 1 'nodes += ["in", "out", *(f"m{k + 1}" for k in range(6)), *(f"x{k + 1}" for k in range(4))]
pairs = ["Paris>Lyon", *(f"{a}>{b}" for a in nodes for b in nodes if a != b and a + b != "ParisLyon")]
rows = [[row[0], *["0"] * (len(pairs) - 1)] for row in rows]'
makes ways.yaml narrow.yaml narrow.csv
said "plan for the last day's mean TM is above the best routing's MLU .*: 6 shortest 100\.0 %, 6 disjoint 0\.0 %\. So plans over samples have .path_choice: disjoint"
[ "$(grep -c 'algorithm: robust, paths: 6, path_choice: disjoint, moved_cost' ways.yaml)" = 2 ] || fail "not of both plans: $(cat ways.yaml)"
goes ways.yaml 288

frame one.csv 1
makes one.yaml net.yaml one.csv
said "There is one TM"
names one.yaml static
goes one.yaml 1
frame few.csv 20
makes few.yaml net.yaml few.csv
said "the run has 10, .* the last half"
if [ -e "$LEAD_BUILD/liblead-torch.so" ]; then # ten TMs are enough for it
    names few.yaml static reactive hedged lead oracle
else
    said "No policy with a forecast of its own"
fi
goes few.yaml 10
# A step that no model for any network takes, while traffic is synthetic; two islands.
"$lead" new net.yaml --step "40000 s" --out longsteps.yaml >said 2>&1 || fail "$(cat said)"
grep -q "24 epochs of synthetic traffic" said && grep -q "takes nlinear" said || fail "$(cat said)"
"$lead" validate longsteps.yaml >said 2>&1 || fail "$(cat said)"
printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\nc,d,1000\nd,c,1000\n' >islands.csv
"$lead" new islands.csv --out islands.yaml >said 2>&1 || fail "$(cat said)"
grep -q "No path joins 8 of the 12 OD pairs" said || fail "$(cat said)"
frame hours.csv 500 3600
makes hours.yaml net.yaml hours.csv
goes hours.yaml 24
frame seconds.csv 700 1
makes seconds.yaml net.yaml seconds.csv
grep -q "epoch: 1 s, simulated: 1 s" seconds.yaml || fail "more is simulated than an epoch: $(grep time: seconds.yaml)"
goes seconds.yaml 288

# --- shapes and formats ---
python3 - <<'PY'
import csv
with open("good.csv") as file, open("long.csv", "w") as out, open("mbps.csv", "w") as mbps:
    out.write("time,src,dst,value\n")
    mbps.write("time,src,dst,value_mbps\n")
    for row in csv.DictReader(file):
        for pair, value in row.items():
            if pair:
                a, b = pair.split(">")
                out.write(f"{row['']},{a},{b},{value}\n")
                mbps.write(f"{row['']},{a},{b},{float(value) / 1e3:.9g}\n")
PY
optimum() { tr -s ' \n' ' ' <said | grep -oE "MLU is [0-9.]+"; }
makes long.yaml net.yaml long.csv
of_long=$(optimum)
goes long.yaml 288
makes mbps.yaml net.yaml mbps.csv
! grep -q "A guess" said || fail "the column's unit is no guess: $(cat said)"
[ "$(optimum)" = "$of_long" ] || fail "value_mbps: $(optimum), not $of_long"
goes mbps.yaml 288
"$lead" convert good.csv sndlib/ --topology net.yaml >/dev/null
makes sndlib.yaml net.yaml sndlib
[ "$(optimum)" = "$of_long" ] || fail "SNDlib: $(optimum), not $of_long"
goes sndlib.yaml 288
mkdir -p dote/train dote/test
"$lead" convert good.csv dote/train/1.hist --topology net.yaml >/dev/null 2>&1
refused "states no unit.*--unit" "$lead" new net.yaml dote --out never.yaml
refused "states no times.*--step" "$lead" new net.yaml dote --unit bit/s --out never.yaml
makes dote.yaml net.yaml dote --unit bit/s --step "5 min"
said "has no names of nodes: its rows are taken for the network's nodes in the order of net.yaml"
[ "$(optimum)" = "$of_long" ] || fail "DOTE: $(optimum), not $of_long"
goes dote.yaml 288
"$lead" convert one.csv one.demands --topology net.yaml >/dev/null
makes demands.yaml net.yaml one.demands
goes demands.yaml 1

# --- the load ---
makes scaled.yaml net.yaml good.csv --load 0.7
grep -q "load: { optimal_mlu_peak: 0.7 }" scaled.yaml || fail "--load is not in the file"
goes scaled.yaml
frame bits.csv 800 300 1000
makes bits.yaml net.yaml bits.csv
said "do not go together: .* MLU would be [1-9][0-9]+.* with --unit bit/s it would be 0\.[0-9]"
grep -q "load: { optimal_mlu_peak: 0.8 }" bits.yaml || fail "an absurd load is not scaled"
goes bits.yaml
frame far.csv 800 300 100000
makes far.yaml net.yaml far.csv
[ "$(grep -c "suspect: " whines)" = 1 ] || fail "a wrong unit is not said once: $(cat whines)"
makes right.yaml net.yaml bits.csv --unit bit/s
[ "$(optimum)" = "$of_long" ] || fail "--unit bit/s: $(optimum), not $of_long"
grep -q "unit: bit/s" right.yaml || fail "--unit is not in the file"
goes right.yaml
frame gigabits.csv 800 300 1e-6
makes gigabits.yaml net.yaml gigabits.csv
said "with --unit Gbit/s it would be"
frame much.csv 800 300 10
makes much.yaml net.yaml much.csv
said "more than the network can carry"
goes much.yaml
frame zero.csv 800 300 0
refused "zero.csv: the 288 TMs of the run have no traffic at all" "$lead" new net.yaml zero.csv --out never.yaml

# --- gaps, times ---
frame gaps.csv 1000 300 1 'rows[650][2] = ""; del times[100:120], rows[100:120]'
makes gaps.yaml net.yaml gaps.csv
said "The file has gaps: 21 of 1000 TMs are missing, the first one of 2024-03-01T08:20:00Z"
grep -q "gaps.csv: 1 TMs have values that are missing" whines || fail "a value that is missing is not told: $(cat whines)"
goes gaps.yaml 288
frame late.csv 1000 300 1 'del times[900], rows[900]' # the last whole day is before the gap
makes late.yaml net.yaml late.csv
said "the run has 288, 2024-03-03T03:00:00Z to 2024-03-04T02:55:00Z"
goes late.yaml 288
frame beside.csv 900 300 1 'times[500] += timedelta(seconds=7)'
makes beside.yaml net.yaml beside.csv
said "1 of the 900 TMs are not on the grid of 300 s"
goes beside.yaml 288
cp good.csv bad-tm.csv # faulty TMs that a file beside it names, as models.train takes it
printf 'time\n2024-03-03T12:00:00Z\n2024-03-01T01:00:00Z\n2024-03-02T01:02:03Z\n' >bad-tm-suspect-epochs.csv
makes bad.yaml net.yaml bad-tm.csv
said "bad-tm-suspect-epochs.csv lies beside the TMs: the 2 of them that it names are left out"
grep -q "suspect: bad-tm-suspect-epochs.csv" bad.yaml || fail "no suspects: $(cat bad.yaml)"
goes bad.yaml 288
frame irregular.csv 600 300 1 'times = [time + timedelta(seconds=draw.randrange(200)) for time in times]'
refused "irregular.csv: its TMs are on no regular grid.*resample\(\"300s\"\)" "$lead" new net.yaml irregular.csv --out never.yaml

refused "\-\-step: good.csv has times of its own, and its TMs are 300 s apart" "$lead" new net.yaml good.csv --step "15 min" --out never.yaml

# --- names ---
frame lower.csv 300 300 1 'pairs = [pair.lower() for pair in pairs]'
refused "4 of its 4 nodes are none of net.yaml: \"paris\" \(\"Paris\"\?\).*letter case, blanks and marks only" "$lead" new net.yaml lower.csv --out never.yaml
frame other.csv 300 300 1 'pairs = [pair.replace("Lyon", "Lyons") for pair in pairs]'
refused "1 of its 4 nodes are none of net.yaml: \"Lyons\" \(\"Lyon\"\?\)" "$lead" new net.yaml other.csv --out never.yaml
frame numbers.csv 300 300 1 'pairs = [">".join(str(nodes.index(x)) for x in pair.split(">")) for pair in pairs]'
refused "if they count the network's nodes in the order of its file, 0 is \"Paris\"" "$lead" new net.yaml numbers.csv --out never.yaml
grep -v Metz long.csv >lacking.csv
refused "1 nodes of net.yaml are not in it: \"Metz\".*one row with the value 0" "$lead" new net.yaml lacking.csv --out never.yaml

# --- capacities; names that are not to be taken for YAML ---
mkdir "odd: folder # 1"
python3 - <<'PY'
import csv, random
from xml.sax.saxutils import escape, quoteattr
nodes = ["New York", "Köln", "a: b # c", "q\"uote's", "- x", "{y}, [z]", "\u4e1c\u4eac"]
with open("odd: folder # 1/net's \"x\".graphml", "w", encoding="utf-8") as file:
    file.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="l" for="node" attr.name="label" attr.type="string"/><graph edgedefault="undirected">')
    for i, name in enumerate(nodes):
        file.write(f'<node id="{i}"><data key="l">{escape(name)}</data></node>')
    for i in range(len(nodes)):
        file.write(f'<edge source="{i}" target="{(i + 1) % len(nodes)}"/><edge source="{i}" target="{(i + 2) % len(nodes)}"/>')
    file.write('</graph></graphml>')
draw = random.Random(2)
with open("odd: folder # 1/tm.csv", "w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["time"] + [f"{a}>{b}" for a in nodes for b in nodes if a != b])
    for hour in range(200):
        table.writerow([1709251200 + 3600 * hour] + [round(draw.uniform(5e4, 2e5)) for _ in range(len(nodes) ** 2 - len(nodes))])
PY
odd="odd: folder # 1/net's \"x\".graphml"
refused "has no capacity.*--capacity '10 Gbit/s'" "$lead" new "$odd" "odd: folder # 1/tm.csv" --out never.yaml
makes odd.yaml "$odd" "odd: folder # 1/tm.csv" --capacity "1 Gbit/s"
said "28 of the 28 directed links state no capacity and are given 1 Gbit/s"
goes odd.yaml 24
makes stated.yaml net.yaml good.csv --capacity "1 Gbit/s"
said "capacity changes nothing: each of the 10 directed links states one"
grep -qF 'file: "odd: folder # 1/net'"'"'s \"x\".graphml"' odd.yaml || fail "the network's name: $(grep file: odd.yaml)"
mkdir -p deep/er # the scenario in another folder
makes deep/er/odd.yaml "$odd" "odd: folder # 1/tm.csv" --capacity "1 Gbit/s"
goes deep/er/odd.yaml 24
makes "odd: folder # 1/b.yaml" "$odd" "odd: folder # 1/tm.csv" --capacity "1 Gbit/s"
grep -q "^    file: tm.csv$" "odd: folder # 1/b.yaml" || fail "the TMs beside it: $(grep file: "odd: folder # 1/b.yaml")"
goes "odd: folder # 1/b.yaml" 24
"$lead" new "$odd" --capacity "1 Gbit/s" >said
said "lead validate net-s-x-synthetic.yaml"
goes net-s-x-synthetic.yaml
mkdir data # where LEAD_DATA points, by its name
mv much.csv data
LEAD_DATA=$work/data makes data.yaml net.yaml much.csv
grep -q "file: much.csv" data.yaml || fail "data.yaml: $(cat data.yaml)"
LEAD_DATA=$work/data goes data.yaml 288

# --- where it is written ---
cp good.yaml before.yaml
refused "good.yaml is there already: --force" "$lead" new net.yaml good.csv --out good.yaml
cmp good.yaml before.yaml || fail "what was there is another one"
"$lead" new net.yaml few.csv --out good.yaml --force >/dev/null
! cmp -s good.yaml before.yaml || fail "--force does not write"
refused "is there, and is no file" "$lead" new net.yaml good.csv --out deep --force
refused "its folder is not there" "$lead" new net.yaml good.csv --out nowhere/a.yaml
refused "/proc/a.yaml" "$lead" new net.yaml good.csv --out /proc/a.yaml # where nobody may write
refused "no format of networks has this ending" "$lead" new good.txt
refused "takes a network" "$lead" new
refused "takes a network" "$lead" new net.yaml good.csv few.csv
refused "is not there" "$lead" new net.yaml absent.csv --out never.yaml
refused "is not there" "$lead" new absent.yaml good.csv --out never.yaml
[ ! -e never.yaml ] && [ -z "$(find . -name '*.part-*')" ] || fail "half written: $(find . -name 'never*' -o -name '*.part-*')"

# --- a checkpoint that knows the network, under another name of the file; one that has another step, or nodes ---
if [ -e "$LEAD_BUILD/liblead-torch.so" ]; then
    tiny=$LEAD_SOURCE/models/tests/fixtures/tiny
    python3 - "$tiny/manifest.json" <<'PY'
import json, random, sys
manifest = json.load(open(sys.argv[1]))
step, nodes, draw = manifest["step_seconds"], manifest["nodes"], random.Random(3)
with open("known.csv", "w") as file:
    file.write(",".join(["src", "dst", "capacity_mbps"]) + "\n")
    for i, a in enumerate(nodes):
        for k in (1, len(nodes) - 1):
            file.write(f"{a},{nodes[(i + k) % len(nodes)]},1000\n")
pairs = [f"{a}>{b}" for a in nodes for b in nodes if a != b]
with open("known-tm.csv", "w") as file:
    file.write("time," + ",".join(pairs) + "\n")
    for i in range(200):
        file.write(f"{1709251200 + step * i}," + ",".join(str(draw.randint(50000, 90000)) for _ in pairs) + "\n")
PY
    cp -r "$tiny" ours
    makes known.yaml known.csv known-tm.csv
    said "The checkpoint ours is of these nodes and this step"
    names known.yaml static reactive hedged lead oracle
    goes known.yaml
    rm ours/encoder.pt
    makes broken.yaml known.csv known-tm.csv
    said "The checkpoint ours knows this network, but cannot be used"
    goes broken.yaml
fi

# --- shipped checkpoints: of synthetic traffic for synthetic traffic; of a real network one that has not seen the day ---
if [ -e "$LEAD_BUILD/liblead-torch.so" ]; then
    makes synthetic.yaml "$LEAD_SOURCE/scenarios/abilene.yaml"
    said "The checkpoint synthetic is of these nodes and this step"
    "$lead" validate synthetic.yaml --policy lead >checked 2>&1 || fail "synthetic.yaml: $(cat checked)"
    if [ -f "$real/abilene-tm.csv.gz" ]; then
        LEAD_DATA=$real makes real.yaml "$LEAD_SOURCE/scenarios/abilene.yaml" abilene-tm.csv.gz
        said "The checkpoint abilene-80 is of these nodes and this step: policy .lead.\. - Whether abilene-80 is better here"
        LEAD_DATA=$real "$lead" validate real.yaml --policy lead >checked 2>&1 || fail "real.yaml: $(cat checked)"
    fi
fi

# --- a configuration for models.train ---
refused "too few to train on" "$lead" new --model net.yaml few.csv
refused "needs TMs" "$lead" new --model net.yaml
refused "for scenarios" "$lead" new --model net.yaml good.csv --load 0.5
frame weeks.csv 2000 900
makes model.json --model net.yaml weeks.csv
said "up to 2024-03-15T14:00:00Z learnt from, up to 2024-03-17T16:00:00Z chosen by"
python3 - <<'PY' || fail "model.json: $(cat model.json)"
import json
config = json.load(open("model.json"))
assert config["name"] == "model" and config["data"] == "net" and config["split"] == [0.7, 0.8], config
assert config["model"]["backbone"] == "none" and config["day_offsets"][0] == -2, config
PY
frame days.csv 500 14400
refused "a day must be a multiple, at least 12 times, of the step, 14400 s" "$lead" new --model net.yaml days.csv --out never.json
