"""Link loads of TMs on shortest paths, equal-cost multipath: what peak loads are judged on where `lead evaluate` cannot be asked."""
import csv

import numpy as np


def read_link(row, nodes):
    capacity = 1000.0 * float(row["capacity_kbps"])
    return nodes.index(row["src"]), nodes.index(row["dst"]), capacity, float(row.get("igp_weight") or 1e9 / capacity)


def read_links(path, nodes):
    """(source, destination, capacity, weight) of every link of NET-links.csv, nodes as indices; capacity in bit/s, weights as
    `lead` takes them: the file's, and inverse capacity where it has none."""
    with open(path, newline="") as file:
        return [read_link(row, nodes) for row in csv.DictReader(file)]


def distances(links, n):
    """[N, N] by weights (Floyd 1962)."""
    distance = np.full((n, n), np.inf)
    np.fill_diagonal(distance, 0.0)
    for source, destination, _, weight in links:
        distance[source, destination] = min(distance[source, destination], weight)
    for via in range(n):
        distance = np.minimum(distance, distance[:, via:via + 1] + distance[via])
    return distance


def utilisation(links, n):
    """[M, N N]: what one bit/s of every OD pair adds to every link's utilisation."""
    distance, shares = distances(links, n), np.zeros((len(links), n, n))
    for destination in range(n):
        onward = {node: [at for at, (source, to, _, weight) in enumerate(links) if source == node and
                         np.isclose(distance[node, destination], weight + distance[to, destination], rtol=1e-9)] for node in range(n)}
        reach = [node for node in np.argsort(-distance[:, destination]) if node != destination and np.isfinite(distance[node, destination])]
        flow = np.eye(n)  # [node, origin]
        for node in reach:
            for at in onward[node]:
                part = flow[node] / len(onward[node])
                shares[at, :, destination] += part
                flow[links[at][1]] += part
    return (shares / np.array([capacity for *_, capacity, _ in links])[:, None, None]).reshape(len(links), -1)
