"""The worked studies: results/studies.md.

    /usr/bin/python3 -m results.studies_page PART

Parts: burst, failures, blackout, upgrade. Runs `lead whatif` on a scenario of scenarios/studies and prints what it says as Markdown;
results/studies.sh builds the program, runs this and puts it into the page.
"""
import argparse
import collections
import csv
import os
import subprocess
import sys

import numpy as np

LEAD = "build/lead"
KEPT = "build/studies"
CONFIDENCE = 95  # per cent
RESAMPLES = 9999


# --- runs -------------------------------------------------------------------------------------------------------------------


def whatif(name, *options):
    """Runs the table of a scenario; its folder."""
    folder = os.path.join(KEPT, "-".join([name, *[o.lstrip("-") for o in options if o.startswith("--")]]))
    subprocess.run([LEAD, "whatif", f"scenarios/studies/{name}.yaml", "--out", folder, *options], check=True, stdout=subprocess.DEVNULL)
    return folder


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else np.nan


def lines_of(folder):
    """{(variant, policy): line of all seeds} of whatif.csv, in its order."""
    return {(r["variant"], r["policy"]): r for r in rows_of(f"{folder}/whatif.csv") if r["seed"] == "all"}


def run_folder(folder, variant, policy):
    rows = rows_of(f"{folder}/runs.csv")
    row = next(r for r in rows if r["variant"] == variant and r["policy"] == policy)
    key = rows[int(row["same_as"]) - 1]["key"] if row["same_as"] else row["key"]
    return f"{folder}/runs/{key}", policy


def column(folder, variant, policy, name):
    run, policy = run_folder(folder, variant, policy)
    return np.array([number(r[name]) for r in rows_of(f"{run}/{policy}/epochs.csv")])


# --- text -------------------------------------------------------------------------------------------------------------------


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join(["---"] * len(head)) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def with_interval(line, key, digits, factor=1.0):
    """A change with its interval, as whatif.csv has it."""
    values = [number(line[f"{key}_change{end}"]) for end in ("", "_low", "_high")]
    if not np.isfinite(values[0]):
        return "-"
    text = f"{factor * values[0]:+.{digits}f}"
    return text if not np.isfinite(values[1]) else f"{text} ({factor * values[1]:+.{digits}f} to {factor * values[2]:+.{digits}f})"


def bootstrap(differences, seed=1):
    """The mean of values that stand for themselves, and its interval."""
    known = differences[np.isfinite(differences)]
    draws = np.random.default_rng(seed).choice(known, (RESAMPLES, len(known))).mean(axis=1)
    low, high = np.percentile(draws, [(100 - CONFIDENCE) / 2, (100 + CONFIDENCE) / 2])
    return known.mean(), low, high


# --- bursts -----------------------------------------------------------------------------------------------------------------

LOADS = ("1.1", "1.2", "1.3", "1.4", "1.5")
EVENT_NAMES = ("daily at 18:00, tenfold", "ramp of 30 min", "from nowhere")
MARGIN = 12  # epochs before and after a burst that are compared with it


def occurrences(folder, variant, policy):
    """[(event, first epoch, first epoch behind it)] of a run's events.csv."""
    run, _ = run_folder(folder, variant, policy)
    begun, found = collections.defaultdict(list), []
    for row in rows_of(f"{run}/events.csv"):
        if row["action"] == "begin":
            begun[row["event"], row["target"]].append(int(row["epoch"]))
        else:
            first = begun[row["event"], row["target"]].pop(0)
            found.append((int(row["event"]), first, int(row["epoch"]) + (float(row["offset_s"]) > 0)))
    return sorted(found, key=lambda o: o[1])


def windows(values, found, event):
    """[occurrence][before, in, after]: means of a column."""
    rows = []
    for which, first, behind in found:
        if which == event and first >= MARGIN and behind + MARGIN <= len(values):
            rows.append([values[first - MARGIN:first].mean(), values[first:behind].mean(), values[behind:behind + MARGIN].mean()])
    return np.array(rows)


def burst_tables(folder, policies):
    found = occurrences(folder, "events", policies[0])
    columns = {(p, c): column(folder, "events", p, c) for p in policies for c in ("mlu", "loss_fraction", "delay_p99_s")}
    for event, name in enumerate(EVENT_NAMES):
        parts = {key: windows(values, found, event) for key, values in columns.items()}
        count = len(parts[policies[0], "mlu"])
        yield f"**{name}**: means over {count} bursts, and the hour before and after each."
        yield ""
        rows = []
        for policy in policies:
            mlu, loss, delay = (parts[policy, c].mean(axis=0) for c in ("mlu", "loss_fraction", "delay_p99_s"))
            mean, low, high = bootstrap(parts[policy, "mlu"][:, 1] - parts["reactive", "mlu"][:, 1])
            beside = "-" if policy == "reactive" else f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"
            rows.append([policy, " / ".join(f"{v:.3f}" for v in mlu), beside, " / ".join(f"{100 * v:.3f}" for v in loss),
                         " / ".join(f"{1e3 * v:.1f}" for v in delay)])
        yield from table(("policy", "MLU before / in / after", "MLU in the burst less `reactive`'s", "loss, % before / in / after",
                          "p99 delay, ms before / in / after"), rows)


def throughput_table(folder, policies):
    lines = lines_of(folder)
    variants = ["events", *[v for v, _ in lines if v not in ("undisturbed", "events")]]
    variants = list(dict.fromkeys(variants))
    yield "**Delivered at higher loads**: per cent of the offered traffic, with the bursts; at load 1.5 the optimum without them peaks at 1.5."
    yield ""
    yield from table(("policy", "load 1.0", *[f"{load}" for load in LOADS]),
                     [[p, *[f"{100 * (1 - number(lines[v, p]['loss_fraction'])):.3f}" for v in variants]] for p in policies])


def burst_pairs(folder, policy):
    """{pair: (true, without, forecast)} of a run's pairs.csv."""
    run, policy = run_folder(folder, "events", policy)
    found = collections.defaultdict(list)
    for row in rows_of(f"{run}/{policy}/pairs.csv"):
        found[row["src"], row["dst"]].append([number(row[c]) for c in ("true_bps", "without_bursts_bps", "forecast_bps")])
    return {pair: np.array(values).T for pair, values in found.items()}


def occurrence_scores(pairs):
    """Precision, recall, onsets foreseen, epochs until a burst is first forecast: a burst is on where it is half its pair's height."""
    hits = false = missed = onsets = foreseen = 0
    waits = []
    for true, without, forecast in pairs.values():
        added = true - without
        half = added.max() / 2
        on, said = added >= half, forecast - without >= half
        hits += (on & said).sum()
        false += (~on & said).sum()
        missed += (on & ~said).sum()
        for first in np.flatnonzero(on & ~np.append(False, on[:-1])):
            behind = first + np.argmin(np.append(on[first:], False))
            seen = np.flatnonzero(said[first:behind])
            onsets += 1
            foreseen += len(seen) > 0 and seen[0] == 0
            if len(seen) > 0:
                waits.append(seen[0])
    return (hits / (hits + false) if hits + false else np.nan, hits / (hits + missed), foreseen, onsets,
            np.mean(waits) if waits else np.nan, len(waits))


def forecast_table(folder, policies):
    yield ("**Forecasts of the bursts**, one epoch ahead: a pair is in a burst where at least half of the burst's height is added to it, and is "
           "forecast to be where the forecast's mean says so.")
    yield ""
    rows = []
    for policy in policies:
        precision, recall, foreseen, onsets, wait, seen = occurrence_scores(burst_pairs(folder, policy))
        rows.append([policy, f"{precision:.3f}", f"{recall:.3f}", f"{foreseen} of {onsets}", f"{wait:.2f} ({seen} bursts)"])
    yield from table(("forecast of", "precision", "recall", "bursts foreseen in their first epoch", "epochs from its onset until it is forecast"), rows)


def burst_lines():
    policies = ["static", "reactive", "hedged", "lead", "oracle"]
    folder = whatif("burst", "--load-sweep", ",".join(LOADS))
    yield "## Bursts"
    yield ""
    yield ("Three days of Abilene (864 epochs, [burst.yaml](../scenarios/studies/burst.yaml)); the optimum without the bursts peaks at an MLU of 1. Intervals: 95 %, "
           "by resampling whole bursts.")
    yield ""
    yield from burst_tables(folder, policies)
    yield from throughput_table(folder, policies)
    yield from forecast_table(folder, [p for p in policies if p not in ("static", "oracle")])


# --- failures ---------------------------------------------------------------------------------------------------------------


def worst_rows(folder, policies, top):
    lines = lines_of(folder)
    for policy in policies:
        of = sorted((l for (v, p), l in lines.items() if p == policy and v != "undisturbed"), key=lambda l: -number(l["mlu_mean"]))
        still = lines["undisturbed", policy]
        yield [policy, f"{number(still['mlu_mean']):.3f}", "undisturbed", "-", f"{number(still['mlu_over_optimum_known_mean']):.3f}", "-", "-", "-"]
        for line in of[:top]:
            yield ["", f"{number(line['mlu_mean']):.3f}", line["variant"].removeprefix("link "), with_interval(line, "mlu_mean", 3),
                   f"{number(line['mlu_over_optimum_known_mean']):.3f}",
                   *[f"{1e6 * number(line[c]):.1f}" for c in ("loss_congestion", "loss_transient", "loss_disconnected")]]


def failure_lines():
    policies = ["static", "weights", "reactive", "oracle"]
    head = ("policy", "mean MLU", "failed link", "change of it (95 %)", "over the optimum of what is left", "loss, ppm: congestion", "transient",
            "disconnected")
    fluid = whatif("single-failures", "--single-link-failures")
    yield "## Single link failures of GEANT"
    yield ""
    yield ("Each of the 37 links in turn, from 00:15 on, a day of 96 epochs ([single-failures.yaml](../scenarios/studies/single-failures.yaml)). Over the "
           "optimum: of the epochs whose plan knew.")
    yield ""
    yield "**Fluid engine**, the five that raise the mean MLU most:"
    yield ""
    yield from table(head, worst_rows(fluid, policies, 5))
    lines = lines_of(fluid)
    over = [number(l["mlu_over_optimum_known_mean"]) for (v, p), l in lines.items() if p == "oracle"]
    yield f"`oracle`'s MLU over the optimum lies between {min(over):.4f} and {max(over):.4f} in all of them."
    yield ""
    epochs = ["--set", "traffic.tm.epochs=24"]
    packets = whatif("single-failures", "--single-link-failures", "--engine", "ns3", "--policy", "static,reactive", *epochs)
    yield "**Packets (ns-3)**, the first 24 epochs, ten seconds simulated of each at a thousandth of all rates:"
    yield ""
    yield from table(head, worst_rows(packets, ["static", "reactive"], 5))
    same = whatif("single-failures", "--single-link-failures", "--policy", "static,reactive", *epochs)
    for policy in ("static", "reactive"):
        ranks = [ranking(folder, policy) for folder in (same, packets)]
        yield (f"`{policy}`: the rank correlation (Spearman) of the 37 mean MLUs between the engines over these epochs is "
               f"{np.corrcoef(*ranks)[0, 1]:.3f}.")
    yield ""


def ranking(folder, policy):
    """The rank of each failure's mean MLU, in the order of the table."""
    values = [number(l["mlu_mean"]) for (v, p), l in lines_of(folder).items() if p == policy and v != "undisturbed"]
    return np.argsort(np.argsort(values))


# --- blackouts, upgrades ----------------------------------------------------------------------------------------------------


def change_lines(title, text, folder, policies):
    yield f"## {title}"
    yield ""
    yield text
    yield ""
    lines = lines_of(folder)
    variants = [v for v in dict.fromkeys(v for v, _ in lines) if v != "undisturbed"]
    rows = [["undisturbed", *[f"{number(lines['undisturbed', p]['mlu_mean']):.4f}" for p in policies]]]
    rows += [[v, *[with_interval(lines[v, p], "mlu_mean", 4) for p in policies]] for v in variants]
    yield from table(("change of the mean MLU (95 %)", *policies), rows)


def blackout_lines():
    yield from change_lines("Blackouts of counters", "A day of Abilene ([blackout.yaml](../scenarios/studies/blackout.yaml)); the controller sees counters "
                            "struck as the first column says, the records do not.", whatif("blackout"), ["reactive", "hedged", "lead"])


def upgrade_lines():
    yield from change_lines("Which link to upgrade first", "A day of Abilene ([capacity-upgrade.yaml](../scenarios/studies/capacity-upgrade.yaml)); each link "
                            "is doubled in turn. `static`'s weights are inverse capacities: an upgrade draws traffic to it, and can make it worse.",
                            whatif("capacity-upgrade"), ["static", "reactive", "oracle"])


PARTS = {"burst": burst_lines, "failures": failure_lines, "blackout": blackout_lines, "upgrade": upgrade_lines}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=PARTS)
    arguments = parser.parse_args()
    for line in PARTS[arguments.part]():
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
