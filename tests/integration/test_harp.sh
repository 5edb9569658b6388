# HARP's files of a folder of DOTE and FIGRET (scenarios/harp.py), by the command that docs/files.md shows: its pickles hold the folder's
# TMs and paths in the pairs' order, and the MLU of an even split is the same from either.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
PATH=$LEAD_BUILD:$PATH
mkdir scenarios
cp "$LEAD_SOURCE/scenarios/abilene.yaml" "$LEAD_SOURCE/scenarios/harp.py" scenarios/
printf 'name: t\ntopology: { file: scenarios/abilene.yaml }\ntraffic: { synthetic: { epochs: 12, history: 0 } }\npolicies: [ { name: p, te: { algorithm: ecmp } } ]\nengine: fluid\n' >t.yaml
lead traffic t.yaml tms.csv.gz >/dev/null 2>&1
lead convert tms.csv.gz abilene --topology scenarios/abilene.yaml --paths 4 --train 0.75 >/dev/null 2>&1
command=$(awk '/^## HARP/ { here = 1 } here && /^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$LEAD_SOURCE/docs/files.md" | grep harp.py)
/usr/bin/env PATH="/usr/bin:$PATH" bash -c "$command" >said 2>&1 || fail "docs/files.md: $(cat said)"
grep -q "manifest/abilene_manifest.txt: 12 TMs; train on 0 to 9, test on 9 to 12; --num_paths_per_pair 4" said || fail "$(cat said)"
/usr/bin/python3 - <<'PY' || fail "HARP's files"
import json, pickle
import numpy as np
manifest = np.loadtxt("HARP/manifest/abilene_manifest.txt", dtype="U", delimiter=",")
assert manifest.shape == (12, 3) and list(manifest[11]) == ["t1.json", "t1.pkl", "t12.pkl"]
graph = json.load(open("HARP/topologies/abilene/t1.json"))
load = lambda path: pickle.load(open(path, "rb"))
pairs, paths = load("HARP/pairs/abilene/t1.pkl"), load("HARP/topologies/paths_dict/abilene_4_paths_dict_cluster_0.pkl")
assert pairs.shape == (132, 2) and [tuple(pair) for pair in pairs.tolist()] == list(paths) and all(len(found) == 4 for found in paths.values())
capacity = {(link["source"], link["target"]): link["capacity"] for link in graph["links"]}
matrix = np.loadtxt("abilene/abilene_int.txt", delimiter=",")
assert len(capacity) == 30 and all(np.isclose(matrix[edge] / 1e9, value, rtol=1e-12) for edge, value in capacity.items())
tunnels = {}
for line in open("abilene/tunnels.txt"):
    pair, text = line.strip().split(":")
    nodes = [list(map(int, path.split("-"))) for path in text.split(",")]
    tunnels[tuple(map(int, pair.split()))] = nodes + [nodes[0]] * (4 - len(nodes))
tms = np.concatenate([np.loadtxt(f"abilene/{part}.hist") for part in ("train/1", "test/2")])
for i, row in enumerate(manifest):
    tm = load(f"HARP/traffic_matrices/abilene/{row[2]}")
    assert tm.shape == (132,)
    theirs, ours = dict.fromkeys(capacity, 0.0), np.zeros((12, 12)) # loads of an even split
    for (source, destination), rate in zip(pairs.tolist(), tm):
        for path in paths[source, destination]:
            for edge in path:
                theirs[edge] += rate / 4
        for nodes in tunnels[source, destination]:
            for edge in zip(nodes, nodes[1:]):
                ours[edge] += tms[i, source * 12 + destination] / 4
    mlu = max(ours[edge] / matrix[edge] for edge in capacity)
    assert mlu > 0.001 and abs(max(theirs[edge] / capacity[edge] for edge in capacity) / mlu - 1) < 1e-9, i
PY
# What is there is not written over; what HARP cannot have is said.
refused "abilene_manifest.txt is there already" /usr/bin/python3 scenarios/harp.py abilene HARP
cp -r abilene few
mv few/abilene.json few/few.json
sed -i 1d few/tunnels.txt
refused "few/tunnels.txt has no path for 1 of 132 pairs" /usr/bin/python3 scenarios/harp.py few HARP
refused "nowhere: FileNotFoundError" /usr/bin/python3 scenarios/harp.py nowhere HARP
[ ! -e HARP/topologies/few ] || fail "half written: $(find HARP -path '*few*')"
