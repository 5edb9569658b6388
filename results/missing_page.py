"""Missing counters: results/missing.md.

    /usr/bin/python3 -m results.missing_page PART

Parts: abilene, geant. Runs days of a network under blackouts of its counters by `lead run`, the same policy with each way to fill the gaps,
compares each run with one without gaps by `lead compare`, and prints the part as Markdown. results/missing.sh builds the program, runs
this and puts it into the page.
"""
import argparse
import csv
import json
import os
import subprocess
import sys

import h5py
import numpy as np

LEAD = "build/lead"
KEPT = "build/missing"
RESAMPLES, BLOCK, SEED = 2000, 24, 1
ABOVE = 0.7

NETWORKS = {
    "abilene": {"title": "Abilene", "tm": "file: abilene-tm.csv.gz, start: 2004-07-20T00:00:00Z, epochs: 288", "epoch": 300, "days": 1,
                "te": "paths: 6, moved_cost: 0.3", "lead": "abilene-80", "policies": 5},
    "geant": {"title": "GEANT", "tm": "file: geant-tm.csv.gz, start: 2005-03-14T00:00:00Z, epochs: 144, history: 1150, "
              "suspect: geant-tm-suspect-epochs.csv", "epoch": 900, "days": 1.5, "te": "paths: 4, path_choice: disjoint, moved_cost: 0.1",
              "policies": 3},
}
# name of a policy: its estimator and predictor; a network has the first of them
POLICIES = {
    "last value": ("od-counters", "nlinear-day, samples: bootstrap"),
    "tomogravity": ("tomogravity", "nlinear-day, samples: bootstrap"),
    "state-space": ("state-space", "nlinear-day, samples: bootstrap"),
    "last value, lead": ("od-counters", "lead"),
    "state-space, lead": ("state-space", "lead"),
}
CASES = {"5 %": "share: 0.05", "20 %": "share: 0.2", "50 %": "share: 0.5", f"above {ABOVE:.0%}".replace("%", " %"): f"above: {ABOVE}"}


# --- runs -------------------------------------------------------------------------------------------------------------------


def policies_of(network):
    return dict(list(POLICIES.items())[:NETWORKS[network]["policies"]])


def folder_of(policy):
    return policy.replace(", ", "-").replace(" ", "-")


def scenario(network, name, exact):
    """The text of a scenario; `exact`: all policies measure without gaps, under the same names."""
    about = NETWORKS[network]
    lines = [f"name: {name}", f"topology: {{ file: {os.path.abspath('scenarios')}/{network}.yaml }}", "traffic:", f"  tm: {{ {about['tm']} }}",
             "  load: { optimal_mlu_peak: 1 }", f"time: {{ epoch: {about['epoch']} s }}", "detect: { level: 0 }", "policies:"]
    for policy, (estimator, predictor) in policies_of(network).items():
        model = f"lead, checkpoint: {about['lead']}" if predictor == "lead" else predictor
        lines.append(f"  - {{ name: {folder_of(policy)}, measure: {{ from: {'od-counters' if exact else estimator} }}, predict: {{ model: {model} }}, "
                     f"te: {{ algorithm: robust, weights: inverse-capacity, {about['te']} }} }}")
    return "\n".join([*lines, "engine: fluid", "seed: 1", ""])


def run(network, name, event):
    folder = f"{KEPT}/{network}-{name}"
    os.makedirs(KEPT, exist_ok=True)
    with open(f"{folder}.yaml", "w", encoding="utf-8") as file:
        file.write(scenario(network, f"{network}-{name}", event is None))
    events = ["--event", f"kind: blackout, epoch: 0, {event}"] if event else []
    subprocess.run([LEAD, "run", f"{folder}.yaml", "--out", folder, *events], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compare(exact, gaps, metric):
    """{policy: (mean with gaps, per cent of difference, low, high)}."""
    told = f"{KEPT}/told.json"
    subprocess.run([LEAD, "compare", exact, gaps, "--metric", metric, "--json", told], check=True, stdout=subprocess.DEVNULL)
    with open(told, encoding="utf-8") as file:
        rows = [row for row in json.load(file)["rows"] if row["statistic"] == "mean"]
    return {row["policy_b"]: (row["b"], *(None if row[key] is None else 100 * row[key] / row["a"] for key in ("difference", "low", "high")))
            for row in rows}


# --- what was filled --------------------------------------------------------------------------------------------------------


def read_fills(folder, policy):
    """TMs as sent and as measured [epochs][n*n], standard deviations or None, names; without the last epoch, which nobody measured."""
    with h5py.File(f"{folder}/{folder_of(policy)}/tm.h5") as file:
        names = [name.decode() if isinstance(name, bytes) else str(name) for name in file["src"][:]]
        keys = ("traffic", "measured", "measured_sd")
        planes = [file[key][:-1].astype(float).reshape(-1, len(names) ** 2) if key in file else None for key in keys]
    return *planes, names


def missing_where_busy(folder, policy, names):
    """[epochs][n*n] by the rule of `above`: pairs whose source has a busy link, at the epoch's beginning or end."""
    rows = rows_of(f"{folder}/{folder_of(policy)}/links.csv")
    epochs = max(int(row["epoch"]) for row in rows) + 1
    struck = np.zeros((epochs, len(names)), bool)
    for row in rows:
        if float(row["utilisation"]) >= ABOVE:
            struck[int(row["epoch"]), names.index(row["src"])] = True
    struck[1:] |= struck[:-1].copy()
    mask = np.repeat(struck[:-1], len(names), axis=1)
    mask[:, ::len(names) + 1] = False
    return mask


def masks(folder, case, policies):
    """{policy: [epochs][n*n]}: at random the same for all, as the draws are; what vanishes by load depends on the policy's routes."""
    _, _, sd, names = read_fills(folder, "state-space")
    filled = sd > 0
    if "share" in CASES[case]:
        return dict.fromkeys(policies, filled)
    by_rule = {policy: missing_where_busy(folder, policy, names) for policy in policies}
    if not (by_rule["state-space"] >= filled).all():
        raise SystemExit(f"{folder}: gaps are not where the busy links are")
    return by_rule


def ratio_with_interval(above, below):
    """Of two sums over epochs; interval by a moving-block bootstrap."""
    count = len(above)
    random = np.random.default_rng(SEED)
    begins = random.integers(0, count - BLOCK + 1, (RESAMPLES, -(-count // BLOCK)))
    chosen = (begins[:, :, None] + np.arange(BLOCK)).reshape(RESAMPLES, -1)[:, :count]
    sums = below[chosen].sum(axis=1)
    draws = above[chosen].sum(axis=1) / np.where(sums > 0, sums, np.nan)
    return above.sum() / below.sum(), *np.nanpercentile(draws, [2.5, 97.5])


def fill_cells(folder, policy, mask):
    sent, measured, sd, names = read_fills(folder, policy)
    pairs = len(names) * (len(names) - 1)
    off, volume = np.where(mask, measured - sent, 0), np.where(mask, sent, 0)
    error, low, high = ratio_with_interval(np.abs(off).sum(axis=1), volume.sum(axis=1))
    cells = [f"{100 * mask.sum() / (len(mask) * pairs):.1f}", f"{error:.3f} ({low:.3f} to {high:.3f})", f"{off.sum() / volume.sum():+.3f}"]
    if sd is None:
        return [*cells, "-"]
    scores = (off / np.where(sd > 0, sd, np.nan))[mask & (sd > 0)]
    return [*cells, f"{np.sqrt(np.mean(scores ** 2)):.2f}"]


# --- the page ---------------------------------------------------------------------------------------------------------------


def change_cell(row):
    mean, change, low, high = row
    return mean, f"{change:+.2f}" + ("" if low is None else f" ({low:+.2f} to {high:+.2f})")


def case_rows(case, exact, gaps, policies):
    where = masks(gaps, case, policies)
    scores, plans = compare(exact, gaps, "forecast_ncrps"), compare(exact, gaps, "mlu_over_optimum")
    for policy in policies:
        ncrps, ncrps_change = change_cell(scores[folder_of(policy)])
        ratio, regret = change_cell(plans[folder_of(policy)])
        yield [case, policy, *fill_cells(gaps, policy, where[policy]), f"{ncrps:.4f}", ncrps_change, f"{ratio:.4f}", regret]


def part_lines(network):
    about = NETWORKS[network]
    exact = run(network, "exact", None)
    yield f"## {about['title']}"
    yield ""
    yield f"{about['days']:g} day{'s' * (about['days'] > 1)} from {about['tm'].split('start: ')[1][:10]}, epochs of {about['epoch'] // 60} min."
    yield ""
    head = ("counters lost", "gaps filled by", "pairs missing, %", "error of the fill (95 %)", "bias", "z", "ncrps", "ncrps, change in % (95 %)",
            "MLU over optimum", "regret, % (95 %)")
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join(["---"] * len(head)) + " |"
    for case, event in CASES.items():
        gaps = run(network, event.replace(": ", "-"), event)
        for row in case_rows(case, exact, gaps, policies_of(network)):
            yield "| " + " | ".join(row) + " |"
    yield ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=NETWORKS)
    arguments = parser.parse_args()
    for line in part_lines(arguments.part):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
