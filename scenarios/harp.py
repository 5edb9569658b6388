"""A folder of DOTE and FIGRET (`lead convert TMS FOLDER --topology T --train SHARE`) for HARP (AlQiam et al., SIGCOMM 2024), whose TMs and
pairs are pickles of numpy arrays:

    python3 scenarios/harp.py FOLDER HARP

Into HARP's own folder go, where NAME is FOLDER's: topologies/NAME/t1.json, pairs/NAME/t1.pkl, traffic_matrices/NAME/t1.pkl ... a file a TM,
topologies/paths_dict/NAME_K_paths_dict_cluster_0.pkl with the paths of tunnels.txt, and last manifest/NAME_manifest.txt, a line a TM. Nothing
that is there is written over. One network for all TMs: HARP's --dynamic 0.
"""
import json
import os
import pickle
import sys

import numpy as np

GIGA = 1e9 # HARP's own data are in Gbit/s; MLUs do not depend on it


def read_json(path):
    """The network as HARP's networkx reads it: nodes by number, edges under links, nothing but capacities."""
    with open(path, encoding="utf-8") as file:
        graph = json.load(file)
    links = [{"source": link["source"], "target": link["target"], "capacity": link["capacity"] / GIGA} for link in graph["links"]]
    return {"directed": True, "multigraph": False, "graph": {}, "nodes": [{"id": node["id"]} for node in graph["nodes"]], "links": links}


def read_tunnels(path):
    """(source, destination) -> its paths as lists of edges, in the order of pairs."""
    paths = {}
    with open(path, encoding="utf-8") as file:
        for line in filter(str.strip, file):
            pair, text = line.split(":")
            nodes = [list(map(int, path.split("-"))) for path in text.split(",")]
            paths[tuple(map(int, pair.split()))] = [list(zip(path, path[1:])) for path in nodes]
    return dict(sorted(paths.items()))


def read_tms(folder, part):
    """[TMs][n * n] of the part's files, 2.hist before 10.hist."""
    files = [name for name in os.listdir(os.path.join(folder, part)) if name.endswith(".hist")]
    files.sort(key=lambda name: int(name.split(".")[0]))
    return np.concatenate([np.loadtxt(os.path.join(folder, part, name), ndmin=2) for name in files])


def alike(paths):
    """As many paths for each pair as HARP wants: the first one again where there are less, as HARP does."""
    most = max(map(len, paths.values()))
    return most, {pair: found + [found[0]] * (most - len(found)) for pair, found in paths.items()}


def write(path, write_to, mode="xb"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode) as file:
        write_to(file)


def main(folder, harp):
    name = os.path.basename(os.path.normpath(folder))
    manifest = os.path.join(harp, "manifest", f"{name}_manifest.txt")
    if os.path.exists(manifest):
        sys.exit(f"{manifest} is there already: move it away, or name the folder otherwise")
    graph, paths = read_json(os.path.join(folder, f"{name}.json")), read_tunnels(os.path.join(folder, "tunnels.txt"))
    train, test = read_tms(folder, "train"), read_tms(folder, "test")
    n = len(graph["nodes"])
    pairs = np.array([(s, t) for s in range(n) for t in range(n) if s != t])
    missing = len(pairs) - len(paths)
    if missing:
        sys.exit(f"{folder}/tunnels.txt has no path for {missing} of {len(pairs)} pairs, and HARP wants some for each")
    most, paths = alike(paths)
    write(os.path.join(harp, "topologies", name, "t1.json"), lambda file: json.dump(graph, file), "x")
    write(os.path.join(harp, "pairs", name, "t1.pkl"), lambda file: pickle.dump(pairs, file))
    write(os.path.join(harp, "topologies", "paths_dict", f"{name}_{most}_paths_dict_cluster_0.pkl"), lambda file: pickle.dump(paths, file))
    columns = pairs[:, 0] * n + pairs[:, 1]
    tms = np.concatenate([train, test])[:, columns] / GIGA
    for i, tm in enumerate(tms, 1):
        write(os.path.join(harp, "traffic_matrices", name, f"t{i}.pkl"), lambda file, tm=tm: pickle.dump(tm, file))
    write(manifest, lambda file: file.writelines(f"t1.json,t1.pkl,t{i}.pkl\n" for i in range(1, len(tms) + 1)), "x")
    print(f"{manifest}: {len(tms)} TMs; train on 0 to {len(train)}, test on {len(train)} to {len(tms)}; --num_paths_per_pair {most}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"{sys.argv[1]}: {type(error).__name__}: {error}")
