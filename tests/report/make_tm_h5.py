"""Writes a tm.h5 into every policy's folder of a run, of the layout that docs/results.md has: the traffic of the run's OD pairs, what
was measured of it, and a forecast with its quantiles. It is made up, from a seed, but has the run's nodes and times; sums over all pairs
are the run's offered traffic.

make_tm_h5.py RUN [--without POLICY,...]: those make no forecast.
"""
import csv
import datetime
import os
import sys

import h5py
import numpy as np

QUANTILES = np.array([0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975])
NORMAL = np.array([-1.96, -1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645, 1.96])


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def nodes_of(folder):
    """The nodes in the order in which links.csv first names them."""
    names = {}
    for row in rows(os.path.join(folder, "links.csv")):
        if row["epoch"] != "0":
            break
        names.setdefault(row["src"])
        names.setdefault(row["dst"])
    return list(names)


def make_traffic(offered, n, random):
    share = random.lognormal(0, 1.5, (n, n)) * (1 - np.eye(n))
    wave = np.exp(random.normal(0, 0.1, (len(offered), n, n)))
    traffic = share * wave
    return offered[:, None, None] * traffic / traffic.sum(axis=(1, 2), keepdims=True)


def put_scales(file, times, names):
    text = h5py.string_dtype("utf-8")
    file["time"] = times.astype("f8")
    file["time"].attrs["units"] = "seconds since 1970-01-01"
    file.create_dataset("src", data=names, dtype=text)
    file.create_dataset("dst", data=names, dtype=text)
    file["quantile"] = QUANTILES
    for name in "time", "src", "dst", "quantile":
        file[name].make_scale(name)


def put(file, name, values, axes):
    file.create_dataset(name, data=values.astype("f4"), compression="gzip")
    file[name].attrs["units"] = "bit/s"
    for i, axis in enumerate(axes):
        file[name].dims[i].attach_scale(file[axis])


def main():
    run, without = sys.argv[1], sys.argv[3].split(",") if len(sys.argv) > 3 else []
    for policy in sorted(os.listdir(run)):
        folder = os.path.join(run, policy)
        if not os.path.exists(os.path.join(folder, "epochs.csv")):
            continue
        epochs = rows(os.path.join(folder, "epochs.csv"))
        times = np.array([datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() for row in epochs])
        names, random = nodes_of(folder), np.random.default_rng(1)
        traffic = make_traffic(np.array([float(row["offered_bps"]) for row in epochs]), len(names), random)
        with h5py.File(os.path.join(folder, "tm.h5"), "w") as file:
            put_scales(file, times, names)
            put(file, "traffic", traffic, ("time", "src", "dst"))
            put(file, "measured", traffic * np.exp(random.normal(0, 0.02, traffic.shape)), ("time", "src", "dst"))
            if policy in without:
                continue
            middle = np.roll(traffic, 1, axis=0) * np.exp(random.normal(0, 0.05, traffic.shape))
            middle[0] = np.nan
            put(file, "forecast_mean", middle, ("time", "src", "dst"))
            put(file, "forecast_quantiles", middle[:, None] * np.exp(0.12 * NORMAL)[None, :, None, None], ("time", "quantile", "src", "dst"))


if __name__ == "__main__":
    main()
