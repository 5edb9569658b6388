"""Public networks against an independent computation: what `lead` reads of them, its ECMP and its least MLU.

    python3 check_graphs.py LEAD [--repetita DIR] [--zoo DIR] [--lp-nodes N]

DIR are folders with REPETITA's .graph and .demands files, and with the Topology Zoo's .graphml. ECMP is computed here from the file's
own weights by Dijkstra's algorithm and equal splits; the least MLU by a linear program, where scipy is there (HiGHS), on graphs of at
most N nodes (40); links and capacities of .graphml are those that networkx reads, each edge for both directions. Prints one line of
Markdown a check and the files that differ; ends with 1 if any does.
"""
import argparse
import glob
import heapq
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


def read_graph(path):
    """Node count and links (source, destination, weight, capacity) without loops."""
    lines = [line.split() for line in open(path) if line.strip()]
    n = int(lines[0][1])
    links = [(int(s), int(t), float(w), float(c)) for _, s, t, w, c, _ in lines[n + 4:]]
    return n, [link for link in links if link[0] != link[1]]


def read_demands(path):
    rows = [line.split() for line in open(path) if line.strip()][2:]
    demands = {}
    for _, s, t, value in rows:
        demands[int(s), int(t)] = demands.get((int(s), int(t)), 0.0) + float(value)
    return demands


def distances(n, into, target):
    far = [math.inf] * n
    far[target] = 0.0
    heap = [(0.0, target)]
    while heap:
        at, node = heapq.heappop(heap)
        if at > far[node]:
            continue
        for source, weight in into[node]:
            if at + weight < far[source]:
                far[source] = at + weight
                heapq.heappush(heap, (far[source], source))
    return far


def ecmp(n, links, demands):
    """MLU of equal splits over all next links on shortest paths."""
    into, out = [[] for _ in range(n)], [[] for _ in range(n)]
    for index, (s, t, weight, _) in enumerate(links):
        into[t].append((s, weight))
        out[s].append(index)
    load = [0.0] * len(links)
    for target in {t for _, t in demands}:
        far = distances(n, into, target)
        flow = [demands.get((s, target), 0.0) if s != target else 0.0 for s in range(n)]
        for node in sorted(range(n), key=lambda v: -far[v]):
            if not flow[node] or node == target or math.isinf(far[node]):
                continue
            on = [e for e in out[node] if far[links[e][1]] + links[e][2] <= far[node] * (1 + 1e-12) and far[links[e][1]] < far[node]]
            for e in on:
                load[e] += flow[node] / len(on)
                flow[links[e][1]] += flow[node] / len(on)
    return max(l / link[3] for l, link in zip(load, links))


def least_mlu(n, links, demands):
    """Least MLU by a linear program over flows to each destination."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix
    targets, m = sorted({t for _, t in demands}), len(links)
    rows, columns, values, right = [], [], [], []
    for k, target in enumerate(targets):
        for node in range(n):
            if node == target:
                continue
            for e, (s, t, _, _) in enumerate(links):
                if node in (s, t):
                    rows.append(len(right))
                    columns.append(k * m + e)
                    values.append(1.0 if s == node else -1.0)
            right.append(demands.get((node, target), 0.0))
    scale = max(right)
    size = len(targets) * m + 1
    keep = coo_matrix((values, (rows, columns)), shape=(len(right), size))
    over = coo_matrix(([1.0] * (m * len(targets)) + [-link[3] / scale for link in links],
                       ([e for _ in targets for e in range(m)] + list(range(m)), list(range(m * len(targets))) + [size - 1] * m)), shape=(m, size))
    cost = [0.0] * (size - 1) + [1.0]
    answer = linprog(cost, A_ub=over, b_ub=[0.0] * m, A_eq=keep, b_eq=[r / scale for r in right], method="highs")
    return answer.fun if answer.status == 0 else None


def lead_mlu(lead, graph, demands, algorithm):
    said = run(lead, "te", "--topology", graph, "--tm", demands, "--algorithm", algorithm, "--format", "json")
    if said.returncode != 0:
        return None, said.stderr.strip()
    answer = json.loads(said.stdout)
    return answer["mlu"], "" if algorithm == "ecmp" or "optimum" in answer else "not proven optimal"


class Check:
    """One comparison over many files: how many, the largest relative difference, and those beyond the tolerance."""

    def __init__(self, name, tolerance):
        self.name, self.tolerance, self.count, self.largest, self.wrong = name, tolerance, 0, 0.0, []

    def add(self, path, got, wanted, why=""):
        self.count += 1
        difference = math.inf if got is None or wanted is None else abs(got - wanted) / max(abs(wanted), 1e-30)
        if difference > self.tolerance or why:
            self.wrong.append(f"{path}: {got} and {wanted} {why}")
        else:
            self.largest = max(self.largest, difference)

    def print(self):
        print(f"| {self.name} | {self.count} | {self.largest:.1e} | {len(self.wrong)} |")
        for line in self.wrong:
            print(line, file=sys.stderr)


def check_repetita(lead, folder, lp_nodes):
    shortest, least = Check("REPETITA: ECMP MLU", 1e-9), Check(f"REPETITA: least MLU, up to {lp_nodes} nodes", 1e-5)
    if not importlib.util.find_spec("scipy"):
        print("no scipy: the least MLU is not compared", file=sys.stderr)
        lp_nodes = 0
    for graph in sorted(glob.glob(os.path.join(folder, "**", "*.graph"), recursive=True)):
        tms = sorted(glob.glob(graph[:-len(".graph")] + ".*demands"))
        if not tms:
            continue
        n, links = read_graph(graph)
        demands = read_demands(tms[0])
        got, why = lead_mlu(lead, graph, tms[0], "ecmp")
        shortest.add(graph, got, ecmp(n, links, demands), why)
        if n <= lp_nodes:
            got, why = lead_mlu(lead, graph, tms[0], "mcf")
            least.add(graph, got, least_mlu(n, links, demands), why)
    return [shortest, least] if lp_nodes else [shortest]


def zoo_links(path):
    """Sorted capacities of all directed links by networkx: each edge that is no loop, twice."""
    import networkx
    graph = networkx.read_graphml(path)
    edges = [(s, t, data) for s, t, data in graph.edges(data=True) if s != t]
    return sorted(2 * [round(float(data.get("LinkSpeedRaw", data.get("capacity", 10e9)))) for _, _, data in edges])


def check_zoo(lead, folder):
    count, capacity = Check("Topology Zoo: directed links", 0.0), Check("Topology Zoo: sum of capacities", 1e-9)
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(glob.glob(os.path.join(folder, "**", "*.graphml"), recursive=True)):
            out = os.path.join(scratch, "o.graph")
            said = run(lead, "convert", path, out, "--capacity", "10 Gbit/s")
            if said.returncode != 0:
                count.add(path, None, None, said.stderr.strip().splitlines()[-1])
                continue
            wanted, links = zoo_links(path), read_graph(out)[1]
            count.add(path, len(links), len(wanted))
            capacity.add(path, 1e3 * sum(link[3] for link in links), sum(wanted))
    return [count, capacity]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lead")
    parser.add_argument("--repetita")
    parser.add_argument("--zoo")
    parser.add_argument("--lp-nodes", type=int, default=40)
    given = parser.parse_args()
    checks = []
    if given.repetita:
        checks += check_repetita(given.lead, given.repetita, given.lp_nodes)
    if given.zoo:
        checks += check_zoo(given.lead, given.zoo)
    for check in checks:
        check.print()
    sys.exit(any(check.wrong for check in checks))


if __name__ == "__main__":
    main()
