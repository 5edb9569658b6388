"""The benchmark of traffic engineering: results/te.md and docs/figures/te-*.svg.

    python3 -m results.te_page PART

Parts: instances (every algorithm on REPETITA's networks), search (cost of the local search's evaluations), program (cold, warm and
approximate solutions of mcf), loop-abilene and so on (closed loops over the last 20 %), day-abilene-udp and so on (congested days in
ns-3). Measures one and prints its Markdown; results/te.sh builds the programs, runs this and puts it into the page.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from models import data
from models.experiments import figure

KEPT = "models/runs/te"
INSTANCES = (("Abilene", 11, 0.899999), ("AttMpls", 25, 0.899993), ("Geant2012", 40, 0.899994), ("Uninett2010", 74, 0.899835),
             ("Colt", 153, 0.898647), ("rf1239_real_hard", 315, 0.899912))
# label, options of `lead te`, most nodes that it is run on
ALGORITHMS = (
    ("ecmp", "--algorithm ecmp", 315),
    ("mcf", "--algorithm mcf", 315),
    ("mcf, 1 % gap", "--algorithm mcf --gap 0.01", 315),
    ("weights, 10 s", "--algorithm weights --weights unit --time-limit 10s", 315),
    ("paths, 4 shortest", "--algorithm paths", 153),
    ("paths, 4 disjoint", "--algorithm paths --path-choice disjoint", 153),
    ("paths, 4 disjoint, any link may fail", "--algorithm paths --path-choice disjoint --survive links", 74),
    ("mcf, any link may fail", "--algorithm mcf --survive links", 74),
    ("sr, program", "--algorithm sr", 153),
    ("sr, search 5 s", "--algorithm sr --method search --time-limit 5s", 315),
    ("oblivious", "--algorithm oblivious", 153),
    ("smore", "--algorithm smore", 153),
)
# consecutive TMs of real networks, from one of the last 20 % on
SERIES = (("Abilene in 2004", "abilene-links.csv", "abilene-tm.csv.gz", "200", "30000"),
          ("GEANT in 2005", "geant-links.csv", "geant-tm.csv.gz", "200", "6500"))
def changes(nodes):
    """How many weight changes are checked on a network of that size."""
    return ("1000000",) if nodes < 100 else ("100000",) if nodes < 200 else ("10000",)


HEADS = {"search": ("Cost of an evaluation in the weight search", "What a change of one weight costs against evaluating all; times in "
                    "microseconds, `library`: as by the routing room's own functions; `touched`: for how many destinations a change "
                    "alters a distance or traffic, and at how many nodes of theirs.",
                    ("instance", "nodes", "links", "library", "full", "one change", "library / change", "full / change", "touched: destinations",
                     "nodes", "changes checked",
                     "largest difference")),
         "program": ("mcf: cold, warm, approximate, and GLPK", "Times in ms, medians over the TMs; warm: going on from the TM before; GLPK solves the first of the two programs, "
                     "as a whole.",
                     ("instance", "nodes", "links", "TMs", "cold", "warm", "within 1 %", "its proven gap, %", "GLPK",
                      "largest relative difference of MLUs"))}
SEEDS = (1, 2, 3)  # of the local search
# a table, and the scenarios that it is of: GEANT's epochs have a gap
LOOPS = {"abilene": ["abilene"], "abilene-hourly": ["abilene-hourly"], "geant": ["geant-1", "geant-2"],
         "geant-hourly": ["geant-hourly-1", "geant-hourly-2"],
         "noise-geant": ["noise-geant-1", "noise-geant-2"],
         **{name: [name] for name in ("price-abilene", "price-geant", "weights-abilene", "weights-geant")}}
DAYS = ("abilene-udp", "abilene-tcp", "geant-udp", "geant-tcp")


def run_te(folder, instance, options):
    """What `lead te` prints; None where it fails."""
    command = ["build/lead", "te", "--topology", f"{folder}/repetita/{instance}.graph", "--tm",
               f"{folder}/repetita/{instance}.0000.demands", "--format", "json", *options.split()]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        return None
    said = json.loads(ended.stdout)
    return {**said, "megabytes": said["peak_memory_bytes"] / 1e6}


def median_of(runs):
    """The run of median MLU."""
    return sorted(runs, key=lambda run: run["mlu"])[len(runs) // 2]


def measure_instances(folder):
    rows = []
    for instance, nodes, optimum in INSTANCES:
        for label, options, most in ALGORITHMS:
            if nodes > most:
                continue
            seeds = SEEDS if label.startswith("weights") else SEEDS[:1]
            runs = [run_te(folder, instance, f"{options} --seed {seed}") for seed in seeds]
            found = median_of([run for run in runs if run])
            found.pop("weights")
            rows.append({**found, "instance": instance, "nodes": nodes, "optimum": optimum, "label": label})
            print(f"{instance} {label}: MLU {found['mlu']:.4f}, {found['seconds']:.3g} s", file=sys.stderr)
    return rows


def measure_program(name, series=(), more=lambda nodes: ()):
    """The rows that a benchmark program prints: of REPETITA's instances and of (name, links, TMs, more arguments)."""
    def measure(folder):
        rows = []
        calls = [(instance, f"repetita/{instance}.graph", f"repetita/{instance}.0000.demands", *more(nodes)) for instance, nodes, _ in INSTANCES]
        for title, topology, tms, *rest in [*calls, *series]:
            command = [f"build/{name}", title, f"{folder}/{topology}", f"{folder}/{tms}", *rest]
            rows.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
            print(rows[-1], file=sys.stderr)
        return rows
    return measure


def column(folders, file, name):
    """A column of epochs.csv or timings.csv over all parts of a run; NaN where it is empty."""
    values = []
    for folder in folders:
        with open(f"{folder}/{file}", newline="") as opened:
            values += [float(row[name] or "nan") for row in csv.DictReader(opened)]
    return np.array(values)


def weighted(values, weights):
    there = ~np.isnan(values)
    return float((values[there] * weights[there]).sum() / weights[there].sum()) if there.any() else None


def policy_row(name, folders):
    """What the tables show of a policy, from its epochs."""
    ratio, traffic = column(folders, "epochs.csv", "mlu_over_optimum"), column(folders, "epochs.csv", "offered_bps")
    ratio = ratio[~np.isnan(ratio)]
    row = {"name": name, "epochs": len(ratio), "mean": float(ratio.mean()), "max": float(ratio.max()),
           **{f"p{q}": float(np.quantile(ratio, q / 100)) for q in (90, 99)},
           "te_ms": 1e3 * float(np.nanmean(column(folders, "timings.csv", "te_s")))}
    for key, source in (("moved", "moved_fraction"), ("ncrps", "forecast_ncrps"), ("loss", "loss_fraction"), ("delay", "delay_mean_s"),
                        ("delay_p99", "delay_p99_s"), ("flow", "flow_time_mean_s"), ("flow_p99", "flow_time_p99_s")):
        row[key] = weighted(column(folders, "epochs.csv", source), traffic)
    return row


# what the others of a table are compared with, the first that it has: the same planner without a model
REFERENCES = ("boot-sticky", "noise-robust", "price-0", "last-30", "last-mcf")


def compare_with(reference, policy, outs):
    """The difference of the mean MLU over optimum and its 95 % interval, per cent of the reference's, by `lead compare`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["build/lead", "compare", ",".join(outs), "--policy", reference, "--policy", policy, "--metric", "mlu_over_optimum",
                        "--json", f"{folder}/told.json"], stdout=subprocess.DEVNULL, check=True)
        with open(f"{folder}/told.json") as told:
            row = next(row for row in json.load(told)["rows"] if row["statistic"] == "mean")
    return [None if row[key] is None else 100 * row[key] / row["a"] for key in ("difference", "low", "high")]


def add_comparisons(rows, outs):
    names = [row["name"] for row in rows]
    reference = next((name for name in REFERENCES if name in names), names[0])
    for row in rows:
        row["beside"] = None if row["name"] == reference else (reference, *compare_with(reference, row["name"], outs))
    return rows


def beside_cell(row):
    """-1.2 (-1.5 to -0.9), or the difference alone where there are too few epochs for an interval."""
    if row.get("beside") is None:
        return "-"
    _, mean, low, high = row["beside"]
    return f"{mean:+.2f}" + ("" if low is None else f" ({low:+.2f} to {high:+.2f})")


def beside_head(rows):
    reference = next(row["beside"][0] for row in rows if row.get("beside"))
    return f"mean less {reference}'s, % (95 %)"


def measure_runs(kind, names):
    """A row for each policy of scenarios/KIND/NAME.yaml, over all NAMEs together."""
    def measure(folder):
        outs = [f"{KEPT}/{kind}-{name}" for name in names]
        for name, out in zip(names, outs, strict=True):
            subprocess.run(["build/lead", "run", f"scenarios/{kind}/{name}.yaml", "--data", folder, "--out", out], stdout=sys.stderr, check=True)
        with open(f"{outs[0]}/summary.json") as file:
            policies = [policy["name"] for policy in json.load(file)["policies"]]
        return add_comparisons([policy_row(policy, [f"{out}/{policy}" for out in outs]) for policy in policies], outs)
    return measure


PARTS = {"instances": measure_instances, "search": measure_program("bench_te_weights", more=changes),
         "program": measure_program("bench_te_mcf", SERIES),
         **{f"loop-{table}": measure_runs("closed-loop", names) for table, names in LOOPS.items()},
         **{f"day-{table}": measure_runs("congested", [table]) for table in DAYS}}


# --- the page -------------------------------------------------------------------------------------------------------------


def ratio_lines(rows):
    instances = [instance for instance, _, _ in INSTANCES]
    yield "| MLU over optimum | " + " | ".join(f"{instance} ({nodes})" for instance, nodes, _ in INSTANCES) + " |"
    yield "| --- |" + " --- |" * len(instances)
    for label, _, _ in ALGORITHMS:
        found = {row["instance"]: row for row in rows if row["label"] == label}
        yield f"| {label} | " + " | ".join(f"{found[i]['mlu'] / found[i]['optimum']:.4f}" if i in found else "-" for i in instances) + " |"


def survival_lines(rows):
    """What plans that survive failures promise, over the optimum without any."""
    instances = [(instance, optimum) for instance, nodes, optimum in INSTANCES if nodes <= 74]
    yield "| MLU after the failure of a link at most, over the optimum without | " + " | ".join(name for name, _ in instances) + " |"
    yield "| --- |" + " --- |" * len(instances)
    for label in [label for label, options, _ in ALGORITHMS if "survive" in options]:
        found = {row["instance"]: row["failure_mlu"] for row in rows if row["label"] == label and "failure_mlu" in row}
        yield f"| {label} | " + " | ".join(f"{found[name] / optimum:.3f}" if name in found else "-" for name, optimum in instances) + " |"


def growth(rows, label, key):
    """The exponent of nodes that `key` grows with."""
    points = [(row["nodes"], row[key]) for row in rows if row["label"] == label and row[key] > 0]
    return np.polyfit(*np.log(np.array(points)).T, 1)[0]


def cost_lines(rows):
    instances = [instance for instance, _, _ in INSTANCES]
    yield "| seconds, MB at most | " + " | ".join(instances) + " | seconds grow with nodes to the |"
    yield "| --- |" + " --- |" * (len(instances) + 1)
    for label, _, _ in ALGORITHMS:
        found = {row["instance"]: row for row in rows if row["label"] == label}
        cells = [f"{found[i]['seconds']:.2g}, {found[i]['megabytes']:.0f}" if i in found else "-" for i in instances]
        power = "-" if label.endswith(" s") else f"{growth(rows, label, 'seconds'):.1f}"
        yield f"| {label} | " + " | ".join(cells) + f" | {power} |"


def growth_figure(rows):
    height, legend = 3.6, 0.6  # inches: four columns of names
    drawn, axes = figure.make(1, 2, height)
    drawn.get_layout_engine().set(rect=(0, 0, 1, 1 - legend / height))
    for axis, key, name in ((axes[0][0], "seconds", "seconds"), (axes[0][1], "megabytes", "MB at most")):
        for index, (label, _, _) in enumerate(ALGORITHMS):
            points = [(row["nodes"], row[key]) for row in rows if row["label"] == label]
            axis.plot(*zip(*points), label=label, marker="os^Dvx*PXhd<"[index % 12])
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlabel("nodes")
        axis.set_title(name)
        figure.show_plain_numbers(axis.xaxis)
    figure.show_plain_numbers(axes[0][1].yaxis)
    lines, labels = axes[0][0].get_legend_handles_labels()
    drawn.legend(lines, labels, loc="upper center", ncol=4, fontsize=6)
    return drawn


def cell(value, digits, factor=1.0):
    return "-" if value is None else f"{factor * value:.{digits}f}"


def loop_lines(policies):
    yield f"{policies[0]['epochs']} epochs; MLU over the epoch's optimum."
    yield ""
    yield f"| policy | mean | {beside_head(policies)} | p90 | p99 | max | delay, ms | moved, % | forecast ncrps | TE, ms an epoch |"
    yield "| --- |" + " --- |" * 9
    for row in policies:
        yield (f"| {row['name']} | {cell(row['mean'], 3)} | {beside_cell(row)} | " + " | ".join(cell(row[key], 3) for key in ("p90", "p99", "max"))
               + f" | {cell(row['delay'], 1, 1e3)} | {cell(row['moved'], 1, 100)} | {cell(row['ncrps'], 4)} | {cell(row['te_ms'], 1)} |")


def packet_lines(policies):
    yield f"| policy | loss, % | delay, ms: mean | p99 | flow time, s: mean | p99 | MLU over optimum: mean | {beside_head(policies)} | p99 | moved, % |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in policies:
        yield (f"| {row['name']} | {cell(row['loss'], 3, 100)} | {cell(row['delay'], 1, 1e3)} | {cell(row['delay_p99'], 1, 1e3)}"
               f" | {cell(row['flow'], 3)} | {cell(row['flow_p99'], 2)} | {cell(row['mean'], 3)} | {beside_cell(row)} | {cell(row['p99'], 3)}"
               f" | {cell(row['moved'], 1, 100)} |")


def part_lines(name, found):
    """Markdown of what a part measured."""
    kind, _, table = name.partition("-")
    if name == "instances":
        yield from ["## Every algorithm on REPETITA's networks", "", "One TM each, one thread; the search: the median of three seeds.", "",
                    *ratio_lines(found), "", *survival_lines(found), "", *cost_lines(found), "", "![Cost over nodes](../docs/figures/te-growth.svg)"]
    elif name in HEADS:
        title, words, columns = HEADS[name]
        yield from [f"## {title}", "", words, "", "| " + " | ".join(columns) + " |", "| --- |" + " --- |" * (len(columns) - 1), *found]
    elif kind == "loop":
        span = "epochs before those" if table.startswith(("price", "weights")) else "last 20 %"
        yield from [f"## Closed loop, fluid engine, {span}: {table}", "", *loop_lines(found)]
    else:
        yield from [f"## A congested day in ns-3: {table}", "", *packet_lines(found)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--data")
    arguments = parser.parse_args()
    os.makedirs(KEPT, exist_ok=True)
    found = PARTS[arguments.part](data.data_folder(arguments.data))
    if arguments.part == "instances":
        figure.save(growth_figure(found), "docs/figures/te-growth.svg")
    print("\n".join(part_lines(arguments.part, found)))


if __name__ == "__main__":
    main()
