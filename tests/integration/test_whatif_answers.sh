# What `lead whatif` answers: the first lines, before and during and after, links, demand limits, what is critical, availability; each
# beside what the rows' own files come to.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # FILE NETWORK EPOCHS PEAK POLICY...
    local file=$1 network=$2 epochs=$3 peak=$4 policy
    shift 4
    {
        echo "name: ${file%.yaml}"
        echo "topology: { file: $network }"
        echo "traffic: { synthetic: { epochs: $epochs, history: 20 }, load: { optimal_mlu_peak: $peak } }"
        echo "policies:"
        for policy in "$@"; do echo "  - $policy"; done
        echo "engine: fluid"
    } >"$file"
}
abilene=$LEAD_SOURCE/scenarios/abilene.yaml
static='{ name: static, te: { algorithm: ecmp } }'
last='{ name: last, predict: { model: last }, te: { algorithm: mcf } }'
best='{ name: best, predict: { model: oracle }, te: { algorithm: mcf } }'
narrow() { [ "$(wc -L <"$1")" -le 80 ] || fail "a line of $(wc -L <"$1") columns: $(cat "$1")"; }
whatif() { "$lead" whatif "$@" >table 2>log || fail "$(cat log)"; narrow table; }
cat >whatif.py <<'PY'
import csv, json
def table(path):
    return list(csv.DictReader(open(path)))
class Study:
    def __init__(self, folder):
        self.folder, self.rows, self.lines = folder, table(folder + "/runs.csv"), table(folder + "/whatif.csv")
        self.json = json.load(open(folder + "/whatif.json"))
    def file(self, row, name):
        return table(f"{self.folder}/runs/{row['key']}/{row['policy']}/{name}.csv")
    def base(self):
        return [r for r in self.rows if not r["factor"]]
    def line(self, variant, policy):
        return next(r for r in self.lines if (r["variant"], r["policy"], r["seed"]) == (variant, policy, "all"))
def mean(values):
    values = list(values)
    return sum(values) / len(values)
def near(a, b, tolerance=1e-6):
    assert abs(float(a) - float(b)) <= tolerance * max(1, abs(float(b))), (a, b)
PY

# --- one question: a failure at noon, a burst ---
scenario day.yaml "$abilene" 96 0.5 "$static" "$last" "$best"
sed -i 's/time:.*//; /^engine/i time: { epoch: 900 s }' day.yaml
sed -i 's/epochs: 96/epochs: 96, start: 2024-05-01T00:00Z/' day.yaml
whatif day.yaml --event "kind: link-failure, link: DNVRng-KSCYng, at: 12:05, duration: 10 h" --seeds 2 --out noon
for policy in static last best; do # a sentence each in the first lines
    head -n 3 table | grep -qE "^$policy +MLU [0-9.]+ \(p99 [0-9.]+\),? (instead of|not) [0-9.]+; [0-9.]+ % lost; (back (at once|after)|not back)" ||
        fail "$policy: $(head -n 5 table)"
done
sed -n 4,5p table | tr '\n' ' ' | grep -q "2024-05-01 12:00 to 2024-05-01 22:15 UTC: 41 of 96 epochs" || fail "$(head -n 6 table)"
grep -q ',events,last,2,.*,"kind: link-failure, link: DNVRng-KSCYng, at: 12:05, duration: 10 h"$' noon/runs.csv || fail "$(cat noon/runs.csv)"
python3 - <<'PY' || fail "periods.csv"
from whatif import *
of = Study("noon")
parts = {(r["policy"], r["period"]): r for r in table("noon/periods.csv")}
assert len(parts) == 9 and {r["variant"] for r in parts.values()} == {"events"}, parts.keys()
spans = {"before": range(48), "during": range(48, 89), "after": range(89, 96)}
for policy in "static", "last", "best":
    rows = {v: [of.file(r, "epochs") for r in of.rows if (r["variant"], r["policy"]) == (v, policy)] for v in ("undisturbed", "events")}
    for period, span in spans.items():
        part = parts[policy, period]
        pick = lambda v, c: [[float(e[c]) for e in run if int(e["epoch"]) in span and e[c]] for run in rows[v]]
        assert int(part["epochs"]) == len(span), part
        near(part["mlu_mean"], mean(mean(x) for x in pick("events", "mlu")))
        near(part["mlu_mean_undisturbed"], mean(mean(x) for x in pick("undisturbed", "mlu")))
        near(part["mlu_mean_change"], float(part["mlu_mean"]) - float(part["mlu_mean_undisturbed"]))
        if len(span) * 2 > 30 and part["mlu_mean_change_low"]:
            assert float(part["mlu_mean_change_low"]) <= float(part["mlu_mean_change"]) <= float(part["mlu_mean_change_high"]), part
        lost = [sum(l * o * 900 / 8 for l, o in zip(a, b)) for a, b in zip(pick("events", "loss_fraction"), pick("events", "offered_bps"))]
        near(part["lost_bytes"], mean(lost), 1e-5)
        near(part["lost_seconds"], mean(lost) * 8 / mean(mean(x) for x in pick("undisturbed", "offered_bps")), 1e-5)
        whole = sum(float(part[c] or 0) for c in ("loss_congestion", "loss_transient", "loss_disconnected"))
        near(whole, part["loss_fraction"], 1e-7)
        over = [[(float(e["mlu_over_optimum"]) if e["mlu_over_optimum"] else 9) for e in run if int(e["epoch"]) in span] for run in rows["events"]]
        usual = [[(float(e["mlu_over_optimum"]) if e["mlu_over_optimum"] else 1) for e in run if int(e["epoch"]) in span] for run in rows["undisturbed"]]
        back = [next((i for i, (x, y) in enumerate(zip(run, quiet)) if x <= 1.05 * max(1, y)), None) for run, quiet in zip(over, usual)]
        if None in back:
            assert part["back_epochs"] == "", (part["back_epochs"], back)
        else:
            near(part["back_epochs"], mean(back))
        if period == "before":
            assert float(part["mlu_mean_change"]) == 0 and float(part["loss_fraction_change"]) == 0, part
    during = parts[policy, "during"]
    assert (policy == "static" or float(during["mlu_mean_change"]) > 0) and float(during["loss_transient"]) > 0, during
    entry = next(r for r in of.json["rows"] if (r["variant"], r["policy"], r["seed"]) == ("events", policy, "all"))
    near(entry["periods"]["during"]["values"]["mlu_mean"], during["mlu_mean"])
    near(entry["periods"]["during"]["lost_bytes"], during["lost_bytes"])
    assert entry["periods"]["during"]["end"] == "2024-05-01T22:15:00Z" and entry["changes"].startswith("kind: link-failure"), entry["periods"]["during"]
PY
whatif day.yaml --event "kind: burst, pairs: ATLAng>CHINng, factor: 10, at: 18:00, duration: 1 h" --policy static,last --out burst
head -n 2 table | grep -qE "^static +MLU [0-9.]+ .*; [0-9.]+ % lost; " || fail "$(head -n 5 table)"
grep -q '^static *during *4 ' table || fail "$(cat table)"
whatif day.yaml --load-sweep 1.5 --policy best --out heavier # no events: all epochs
grep -q '^best *during *96 ' table && ! grep -q '^best *before' table || fail "$(cat table)"

# --- many failures: the worst first; the network's optimum; losses by their reasons ---
scenario abilene.yaml "$abilene" 6 0.25 "$static" "$best"
scenario geant.yaml "$LEAD_SOURCE/scenarios/geant.yaml" 4 0.25 "$best"
whatif abilene.yaml --single-link-failures --single-node-failures --out abilene --within 10
head -n 1 table | grep -q '^policy  *worst variant .* lost, % busiest link' || fail "$(head -n 5 table)"
sed -n 2p table | grep -qE '^static +(link|node) .* [A-Z]+[a-zA-Z0-9]+-[A-Z]+' || fail "$(head -n 5 table)"
grep -q 'critical, worst first' table && grep -q 'most loaded links' table && ! grep -q 'probabilities' table || fail "$(cat table)"
mv table ranked
whatif geant.yaml --single-link-failures --out geant
python3 - <<'PY' || fail "single failures"
from whatif import *
for name, links in ("abilene", 15), ("geant", 37):
    of = Study(name)
    failures = [r for r in of.lines if r["seed"] == "all" and r["variant"].startswith("link ")]
    assert len({r["variant"] for r in failures}) == links, len(failures)
    for r in of.lines:
        parts = sum(float(r[c]) for c in ("loss_congestion", "loss_transient", "loss_disconnected"))
        near(parts, r["loss_fraction"], 1e-8)
        if r["policy"] == "best" and not r["variant"].startswith("node "): # MLU over the optimum of the network that is left
            assert abs(float(r["mlu_over_optimum_known_mean"]) - 1) < 5e-4, r
PY
python3 - <<'PY' || fail "links.csv"
from whatif import *
of = Study("abilene")
all_links = {(r["policy"], r["link"]): r for r in table("abilene/links.csv")}
assert len(all_links) == 2 * 30, len(all_links)
worst, traffic = {}, {}
for row in of.base():
    for e in of.file(row, "links"):
        key = row["policy"], f"{e['src']}-{e['dst']}"
        worst.setdefault(key, {}).setdefault(row["variant"], []).append((float(e["utilisation"]), int(e["epoch"])))
        traffic[key] = max(traffic.get(key, 0), float(e["offered_bps"]))
for key, line in all_links.items():
    most = {v: max(x)[0] for v, x in worst[key].items()}
    near(line["utilisation"], max(most.values()), 1e-8)
    near(line["utilisation_undisturbed"], most["undisturbed"], 1e-8)
    near(line["traffic_bps"], traffic[key], 1e-8)
    near(most[line["variant"]], max(most.values()), 1e-8)
    assert any(u == max(most.values()) and e == int(line["epoch"]) for u, e in worst[key][line["variant"]]), line
    wanted = {v for v, u in most.items() if u > 0 and u >= 0.9 * max(most.values())}
    assert set(line["variants_near"].split("; ")) - {""} == wanted, (line, wanted)
PY
python3 - <<'PY' || fail "critical.csv"
from whatif import *
import networkx, yaml, os
net = yaml.safe_load(open(os.environ["LEAD_SOURCE"] + "/scenarios/abilene.yaml"))
graph = networkx.DiGraph()
for l in net["links"]:
    graph.add_edge(l["from"], l["to"], weight=float(l["weight"]))
    graph.add_edge(l["to"], l["from"], weight=float(l["weight"]))
nodes = networkx.betweenness_centrality(graph, weight="weight", normalized=False)
edges = networkx.edge_betweenness_centrality(graph, weight="weight", normalized=False)
rows = table("abilene/critical.csv")
assert len(rows) == 2 * (15 + 12), len(rows)
of = Study("abilene")
parts = {(r["variant"], r["policy"]): r for r in table("abilene/periods.csv") if r["period"] == "during"}
for r in rows:
    name = r["variant"].split(" ", 1)[1]
    if r["what"] == "node":
        near(r["betweenness"], nodes[name])
        assert int(r["betweenness_rank"]) == 1 + sum(x > nodes[name] + 1e-9 for x in nodes.values()), r
    else:
        a, b = name.split("-")
        near(r["betweenness"], edges[a, b] + edges[b, a])
    part = parts[r["variant"], r["policy"]]
    near(r["mlu_change"], part["mlu_mean_change"])
    near(r["loss_change"], float(part["loss_fraction"]) - float(part["loss_fraction_undisturbed"]))
for policy in "static", "best":
    for what in "link", "node":
        damage = [float(r["mlu_change"]) for r in rows if (r["policy"], r["what"]) == (policy, what)]
        assert damage == sorted(damage, reverse=True), damage
PY

# --- the largest demands: exact for the best routing, as by trying for one that is not linear; goes on where it was ---
weights='{ name: weights, predict: { model: oracle }, te: { algorithm: weights, evaluations: 300 } }'
scenario limit.yaml "$abilene" 3 0.8 "$best" "$weights"
whatif limit.yaml --demand-limit --out limit
grep -q '^demand limit' table && grep -qE '^best +undisturbed +1.2(49|50) ' table || fail "$(cat table)"
rows=$(wc -l <limit/runs.csv)
find limit/runs -name epochs.csv -printf '%p %i %T@\n' | sort >before
whatif limit.yaml --demand-limit --out limit
grep -q "limit: $((rows - 1)) rows, .* $(find limit/runs -name 'done' | wc -l) of them done before" table || fail "run again: $(cat table)"
find limit/runs -name epochs.csv -printf '%p %i %T@\n' | sort | cmp - before || fail "rows of the search were run again"
factors=$(python3 -c 'print(",".join(f"{0.8 + 0.0125 * i:g}" for i in range(49)))')
whatif limit.yaml --load-sweep "$factors" --policy weights --out tried
python3 - <<'PY' || fail "demand limits"
from whatif import *
of, tried = Study("limit"), Study("tried")
line = of.line("undisturbed", "best")
assert float(line["demand_limit"]) <= 1.25 <= float(line["demand_limit_high"]) <= 1.001 * float(line["demand_limit"]), line
line = of.line("undisturbed", "weights")
low, high = float(line["demand_limit"]), float(line["demand_limit_high"])
assert low < high <= 1.001 * low, line
mlu = {float(r["variant"].split("x")[1]): float(r["mlu_max"]) for r in tried.lines if r["variant"].startswith("load") and r["seed"] == "all"}
carried = max(f for f, x in mlu.items() if x <= 1)
assert abs(carried - low) <= 0.0125 * 1.001, (carried, low)
for r in of.rows: # what was tried is what the limit says
    if r["factor"]:
        m = max(float(e["mlu"]) for e in of.file(r, "epochs"))
        base = of.rows[int(r["against"]) - 1]
        assert base["variant"] == r["variant"] and base["policy"] == r["policy"] and not base["factor"], r
        if abs(float(r["factor"]) / float(of.line(r["variant"], r["policy"])["demand_limit"]) - 1) < 1e-9:
            assert m <= 1, (r, m)
assert not any(r["seed"] == "all" and "1.2" in r["variant"] for r in of.lines), "rows of a search are no variants"
assert next(r for r in of.json["rows"] if r["policy"] == "best" and r["seed"] == "all")["demand_limit"] > 1.2
PY
# One that is missing is named, and made again.
key=$(python3 -c 'from whatif import *; print(next(r["key"] for r in Study("limit").rows if r["factor"]))')
rm "limit/runs/$key/done"
refused "1 of $((rows - 1)) rows are missing" "$lead" whatif limit --gather
"$lead" whatif limit >table 2>log || fail "$(cat log)"

# --- availability of a triangle, in closed form ---
cat >triangle.yaml <<'Y'
nodes: [ { name: A }, { name: B }, { name: C } ]
links:
  - { from: A, to: B, capacity: 1 Mbit/s, delay: 1 ms, both: true, probability: 0.02 }
  - { from: B, to: C, capacity: 1 Mbit/s, delay: 1 ms, both: true, probability: 0.02 }
  - { from: A, to: C, capacity: 1 Mbit/s, delay: 1 ms, both: true, probability: 0.02 }
Y
printf 'time,A>B,A>C,B>C,B>A,C>A,C>B\n' >t.csv
for minute in 00 05 10 15; do printf '2024-01-01T00:%s:00Z,100,100,100,0,0,0\n' $minute >>t.csv; done
cat >tri.yaml <<Y
name: tri
topology: { file: triangle.yaml }
traffic: { tm: { file: t.csv } }
policies: [ $best ]
engine: fluid
Y
whatif tri.yaml --single-link-failures --out singles
whatif tri.yaml --single-link-failures --double-link-failures --out doubles
grep -q "^availability, by the links' probabilities: 7 states, 0.999992 of the time" table || fail "$(cat table)"
grep -qE '^best +0.998816 to 0.998824 +0.999208 to 0.999216' table || fail "$(cat table)"
python3 - <<'PY' || fail "availability"
from whatif import *
p = 0.02
none, one, two = (1 - p) ** 3, p * (1 - p) ** 2, p ** 2 * (1 - p)
def check(folder, states, probability, low, high, carried_low, carried_high):
    of = Study(folder).json["availability"]
    assert len(of) == 1 and of[0]["states"] == states and of[0]["policy"] == "best", of
    for a, b in ((of[0]["probability"], probability), (of[0]["availability"]["low"], low), (of[0]["availability"]["high"], high),
                 (of[0]["carried_fraction"]["low"], carried_low), (of[0]["carried_fraction"]["high"], carried_high)):
        assert abs(a - b) < 1e-8, (folder, of, a, b)
# One failure takes nothing; two leave one pair of nodes joined, which has a third of the traffic.
known = none + 3 * one
check("singles", 4, known, known, 1, known, 1)
more = known + 3 * two
check("doubles", 7, more, known, known + p ** 3, known + 3 * two / 3, 1 - 3 * two * 2 / 3)
assert "availability" not in Study("abilene").json
PY
# Half of the traffic is too much for what one failure leaves: then only the whole network carries all of it.
sed 's/,100/,600/g' t.csv >t2.csv
sed 's/t.csv/t2.csv/' tri.yaml >tight.yaml
whatif tight.yaml --single-link-failures --out tight
python3 -c 'from whatif import *; a = Study("tight").json["availability"][0]; assert abs(a["availability"]["low"] - 0.98**3) < 1e-8, a' || fail "tight"
# Probabilities that contradict one another, or are none.
sed '0,/probability: 0.02/s//probability: 2/' triangle.yaml >bad.yaml
sed 's/triangle/bad/' tri.yaml >bad-tri.yaml
refused "bad.yaml:3: links\[0\]: link A-B: probability 2 is not in 0..1" "$lead" validate bad-tri.yaml
refused "\-\-within: \"x\" is not a number in 0..100" "$lead" whatif tight --gather --within x

# --- every column and key is on the page ---
python3 - <<'PY' || fail "docs/whatif.md"
import csv, json, os
page = open(os.environ["LEAD_SOURCE"] + "/docs/whatif.md").read()
names = set()
for folder, name in ("abilene", "whatif"), ("abilene", "links"), ("abilene", "critical"), ("abilene", "runs"), ("noon", "periods"):
    names |= set(next(csv.reader(open(f"{folder}/{name}.csv"))))
def keys(of):
    if isinstance(of, dict):
        for key, value in of.items():
            yield key
            yield from keys(value)
    elif isinstance(of, list):
        for value in of:
            yield from keys(value)
root = json.load(open("doubles/whatif.json"))
names |= set(keys(root)) - {"runs", "difference"}
stems = {n.removesuffix("_high").removesuffix("_low").removesuffix("_undisturbed") for n in names}
missing = [n for n in sorted(stems) if f"`{n}`" not in page]
assert not missing, missing
PY
