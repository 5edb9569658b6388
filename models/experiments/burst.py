"""Domain shift: bursts that no fitting data show, put into the last part of a TM file; forecasts made before, in and after.

A burst multiplies OD pairs by a factor over LENGTH epochs. Onsets are so far apart that neither the history of a scored
forecast nor its yesterday holds an earlier burst.
"""
import csv
import gzip
import os
import tempfile

import numpy as np

from models import data
from models.experiments import figure, page
from models.experiments.evaluate import evaluate
from models.experiments.given import CLASSICAL, notes_of, read_manifest
from models.experiments.setting import Experiment, Result

FACTORS = (2, 5, 10, 20)
BURSTS, LENGTH = 12, 12
HISTORY = 16  # TMs that `lead evaluate` wants before a forecast
SHOWN = ("ncrps", "link_ncrps", "energy", "nmae", "nrmse", "coverage 90")


def phases(horizon):
    """{phase: first and last (exclusive) epoch, counted from the onset, that forecasts are made at}: before, all targets
    come before the burst; onset, the next TM is the burst's first; in, the newest TM and the next are of the burst; after,
    neither is, but the history is. The last TM of the burst is left out: that it is the last nobody can know."""
    return {"before": (-LENGTH - horizon, -horizon), "onset": (-1, 0), "in": (0, LENGTH - 1), "after": (LENGTH, 2 * LENGTH)}


def find_onsets(times, step, start, horizon, most):
    """Times of at most `most` onsets, evenly spaced from time `start` on, around each of which no epoch that a forecast of
    any phase needs is absent from `times`."""
    first, last = -LENGTH - horizon - HISTORY + 1, 2 * LENGTH + horizon
    late = times[times + first * step >= start]
    whole = late[(data.find_rows(times, late[:, None] + step * np.arange(first, last)) >= 0).all(1)]
    apart = (data.DAY // step + 2 * (LENGTH + horizon)) * step
    if len(whole) == 0:
        raise SystemExit("no room for a burst in the last part of the file")
    count = max(1, min(most, int((whole[-1] - whole[0]) // apart) + 1))
    onsets = []
    for wish in np.linspace(whole[0], whole[-1], count):
        earliest = max(wish, onsets[-1] + apart) if onsets else wish
        onsets += whole[whole >= earliest][:1].tolist()
    return onsets


def find_targets(nodes, tms):
    """{name: OD pairs [N, N]}: the largest pair of TMs [T, N, N] and the row and column of the busiest node; all pairs."""
    mean = tms.mean(0)
    mean[np.eye(len(nodes), dtype=bool)] = 0
    source, destination = np.unravel_index(mean.argmax(), mean.shape)
    busiest = (mean.sum(0) + mean.sum(1)).argmax()
    pair, node = np.zeros((2, *mean.shape), dtype=bool)
    pair[source, destination] = True
    node[busiest] = node[:, busiest] = True
    away = ~np.eye(len(nodes), dtype=bool)
    return {f"{nodes[source]}>{nodes[destination]}": pair, f"node {nodes[busiest]}": node & away, "all pairs": away}


def epochs(onsets, step, first, last):
    """Times of the epochs first to last (exclusive), counted from each onset."""
    return [onset + k * step for onset in onsets for k in range(first, last)]


def inject(source, out, times, pairs, factor):
    """Writes the TM file `out`: `source` with the OD pairs [N, N] times `factor` at the `times`, all else as it was."""
    stamps, chosen = {data.format_time(time) for time in times}, pairs.ravel()
    with gzip.open(source, "rt") as whole, open(out, "w") as file:
        for line in whole:
            stamp, _, values = line.partition(",")
            if stamp in stamps:
                fields = [repr(float(text) * factor) if burst else text
                          for text, burst in zip(values.rstrip("\n").split(","), chosen, strict=True)]
                line = f"{stamp},{','.join(fields)}\n"
            file.write(line)


def write_times(path, times):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([["time"], *([data.format_time(time)] for time in times)])


def load(setting):
    """Nodes, times and TMs of the fitting part without suspect epochs, and the time at which the last part starts."""
    stem = os.path.join(setting.data, setting.config["data"])
    nodes, times, tms = data.read_csv(f"{stem}-tm.csv.gz")
    fitted, start = (int(share * len(times)) for share in data.SPLIT)
    sound = ~np.isin(times, data.read_suspects(f"{stem}-tm-suspect-epochs.csv"))
    return nodes, times[sound], tms[:fitted][sound[:fitted]], int(times[start])


def run(setting):
    horizon = read_manifest(setting.checkpoint)["horizon"]
    nodes, times, fitting, start = load(setting)
    step = int(np.diff(times).min())
    onsets = find_onsets(times, step, start, horizon, min(BURSTS, setting.windows // LENGTH))
    source = data.tm_path(setting.data, setting.config["data"])
    predictors = {**{name: name for name in CLASSICAL}, "lead": f"lead:{setting.checkpoint}"}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for phase, (first, last) in phases(horizon).items():
            write_times(f"{folder}/{phase}.csv", epochs(onsets, step, first, last))

        def score(target, factor, phase, tm):
            found = evaluate(setting, predictors, sorted({1, horizon}), tm, f"{folder}/{phase}.csv")
            rows.extend({**row, "target": target, "factor": factor, "phase": phase} for row in found)

        for phase in phases(horizon):
            score("nothing", 1, phase, source)
        for target, pairs in find_targets(nodes, fitting).items():
            for factor in FACTORS:
                inject(source, f"{folder}/tm.csv", epochs(onsets, step, 0, LENGTH), pairs, factor)
                for phase in ("onset", "in", "after"):
                    score(target, factor, phase, f"{folder}/tm.csv")
    return Result(rows, [*notes_of(setting), notes_on(onsets, step, horizon)])


def notes_on(onsets, step, horizon):
    over = (f" {horizon} steps ahead the burst is over: what is scored there is what it does to the history."
            if horizon >= LENGTH else "")
    return (f"{len(onsets)} bursts of {LENGTH} epochs ({LENGTH * step // 60} min), {data.format_time(onsets[0])} to "
            f"{data.format_time(onsets[-1])}; the largest OD pair and the busiest node are those of the fitting part. "
            f"Forecasts made *before* see and forecast nothing of a burst; at its *onset* the next TM is its first; *in*: the newest "
            f"TM and the next are of the burst; *after*: neither is, but the history is.{over}")


def burst_tables(rows):
    named = [{**row, "case": f"{row['target']} x {row['factor']}, {row['phase']}"} for row in rows]
    for horizon, chosen in page.by_horizon(named):
        for score in SHOWN:
            yield from ["", page.heading(f"{score}, {page.ahead(horizon)}", chosen), "",
                        *page.pivot(chosen, "forecasts made", "case", score)]


def burst_figure(rows):
    """CRPS one step ahead over the factor; a column for each target, a row for each phase."""
    near = [row for row in rows if row["horizon"] == 1]
    targets = [target for target in page.unique(row["target"] for row in near) if target != "nothing"]
    drawing, axes = figure.make(2, len(targets), 4.8, sharex=True, sharey="row")
    for line, phase in zip(axes, ("in", "after")):
        for axis, target in zip(line, targets):
            chosen = [row for row in near if row["phase"] == phase and row["target"] in ("nothing", target)]
            figure.draw_lines(axis, chosen, "factor", "ncrps")
            axis.set(xscale="log", yscale="log")
            figure.show_plain_numbers(axis.xaxis)
            figure.show_plain_numbers(axis.yaxis)
        line[0].set_ylabel(f"made {phase} the burst\n{figure.NAMES['ncrps']}")
    for target, top, bottom in zip(targets, axes[0], axes[-1]):
        top.set_title(target)
        bottom.set_xlabel("factor of the burst")
    figure.legend(drawing, axes[0][0])
    return drawing


burst = Experiment("What do bursts do that were never seen?", run, burst_tables, burst_figure)
