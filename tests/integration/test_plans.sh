# plans.csv (outputs: { plans: changes }): the routings in force, from which another program gets the loads and MLU of each epoch; a row only
# where something changed; the detour after a failure, when it came; the same bytes again; none unless asked for.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
cat >s.yaml <<Y
name: s
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: 10, history: 600 } }
time: { epoch: 5 min }
reconvergence: 60 s
outputs: { plans: changes }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: splits, predict: { model: last }, te: { algorithm: mcf } }
  - { name: paths, predict: { model: last }, te: { algorithm: robust, paths: 3, every: 2 } }
engine: fluid
Y
"$lead" run s.yaml --out out >said 2>&1 || fail "$(cat said)"
cat >read.py <<'PY'
# The loads and the MLU of each epoch from plans.csv and tm.h5: what links.csv and epochs.csv say.
import collections, csv, sys
import numpy as np, h5py

def loads_of(rows, tm, names, ends):
    """Bit/s a link: explicit paths of pairs that have any, splits of each destination for the others."""
    at = {name: i for i, name in enumerate(names)}
    n, loads = len(names), np.zeros(len(ends))
    left = tm.copy()
    np.fill_diagonal(left, 0)
    splits, shares = collections.defaultdict(list), collections.Counter()
    for row in rows:
        source, destination, share = at[row["source"]], at[row["destination"]], float(row["share"])
        links = [int(link) for link in row["links"].split(" ")]
        nodes = row["path"].split(">")
        assert [ends[link] for link in links] == list(zip(nodes, nodes[1:])), row
        shares[row["kind"], source, destination] += share
        if row["kind"] == "split":
            splits[destination].append((source, share, links[0]))
            continue
        assert nodes[0] == row["source"] and nodes[-1] == row["destination"], row
        for link in links:
            loads[link] += tm[source, destination] * share
        left[source, destination] = 0
    assert all(abs(share - 1) < 1e-6 for share in shares.values()), shares
    for destination in range(n): # what arrives at a node and what begins there, until nothing moves
        step = np.zeros((n, n))
        for source, share, link in splits[destination]:
            step[at[ends[link][1]], source] += share
        at_node = np.linalg.solve(np.eye(n) - step, left[:, destination])
        for source, share, link in splits[destination]:
            loads[link] += at_node[source] * share
    return loads

def plans_of(folder):
    """(epoch, offset) -> rows, in the file's order."""
    plans = collections.OrderedDict()
    for row in csv.DictReader(open(f"{folder}/plans.csv")):
        plans.setdefault((int(row["epoch"]), float(row["offset_s"])), []).append(row)
    return plans

def main(folder, whole):
    plans, file = plans_of(folder), h5py.File(f"{folder}/tm.h5")
    names = [name.decode() if isinstance(name, bytes) else name for name in file["src"][:]]
    epochs, links = list(csv.DictReader(open(f"{folder}/epochs.csv"))), list(csv.DictReader(open(f"{folder}/links.csv")))
    m = len(links) // len(epochs)
    ends = [(row["src"], row["dst"]) for row in links[:m]]
    rows = None
    for row in epochs:
        epoch = int(row["epoch"])
        rows = plans.get((epoch, 0), rows)
        if epoch in whole:
            loads = loads_of(rows, file["traffic"][epoch].astype(float), names, ends)
            told = links[epoch * m:(epoch + 1) * m]
            capacity = np.array([float(link["capacity_bps"]) for link in told])
            np.testing.assert_allclose(loads, [float(link["offered_bps"]) for link in told], rtol=1e-5, atol=1e-5 * loads.max())
            assert abs((loads / capacity).max() / float(row["mlu"]) - 1) < 1e-5, (epoch, (loads / capacity).max(), row["mlu"])
        for key in plans:
            if key[0] == epoch and key[1] > 0:
                rows = plans[key]
    return plans

if __name__ == "__main__":
    folder, epochs, *keys = sys.argv[1:]
    plans = main(folder, {int(epoch) for epoch in epochs.split(",")})
    assert not keys or [f"{epoch}:{offset:g}" for epoch, offset in plans] == keys, list(plans)
PY
all=0,1,2,3,4,5,6,7,8,9
/usr/bin/python3 read.py out/static $all 0:0 || fail "static"
/usr/bin/python3 read.py out/splits $all || fail "splits"
/usr/bin/python3 read.py out/paths $all 0:0 2:0 4:0 6:0 8:0 || fail "paths"
head -n 1 out/static/plans.csv | grep -qx "epoch,offset_s,kind,source,destination,share,path,links" || fail "$(head -n 1 out/static/plans.csv)"

# One plan is what `lead te --out` writes.
sed -n 's/^0,0,//p' out/static/plans.csv >rows
"$lead" traffic s.yaml tms.csv.gz >/dev/null 2>&1
"$lead" te --topology "$LEAD_SOURCE/scenarios/abilene.yaml" --tm tms.csv.gz --algorithm ecmp --out te.csv >/dev/null
cmp rows <(tail -n +2 te.csv) || fail "other rows than \`lead te\` writes"

# A failure in the middle of an epoch: the detour, a minute after it; then plans for what is left.
"$lead" run s.yaml --out failed --event "kind: link-failure, link: DNVRng-KSCYng, epoch: 3, offset: 100 s" >said 2>&1 || fail "$(cat said)"
/usr/bin/python3 read.py failed/static 0,1,2,4,9 0:0 3:160 || fail "static, failure" # the detour is what is planned, too
/usr/bin/python3 read.py failed/splits 0,1,2,4,9 || fail "splits, failure"
grep -q "^3,160,split" failed/splits/plans.csv || fail "no detour"

# The same bytes; what is written down reads back; an earlier file goes; none unless asked for, and words that are none.
"$lead" run out/scenario.yaml --out again >/dev/null 2>&1
for policy in static splits paths; do cmp out/$policy/plans.csv again/$policy/plans.csv || fail "$policy: other bytes"; done
"$lead" run s.yaml --set outputs.plans=none --out again >/dev/null 2>&1
[ -z "$(find again -name 'plans.csv')" ] || fail "there are plans: $(find again -name 'plans.csv')"
cmp out/paths/epochs.csv again/paths/epochs.csv || fail "what is recorded changes the run"
refused 's.yaml:[0-9]*: outputs.plans: "all" is none of none, changes' "$lead" validate s.yaml --set outputs.plans=all
printf 'src,dst,capacity_kbps\nA>B,C,1000\nC,A>B,1000\n' >odd.csv
sed "s#$LEAD_SOURCE/scenarios/abilene.yaml#odd.csv#" s.yaml >odd.yaml
refused "plans.csv: the name \"A>B\" cannot stand in CSV" "$lead" run odd.yaml --out odd --policy static
