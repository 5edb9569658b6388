"""A network without history: results/any.md.

    /usr/bin/python3 -m results.any_page PART

Parts: abilene, geant, tuned-abilene, tuned-geant (results/tuned.py). At some moments of the last 20 % of the network's file its counters are taken to have begun some days ago: what
forecasts then make of the next half day, from those days alone. `any` is the checkpoint without-NAME of models.train_any, which has not
seen this network. Prints the part as Markdown; results/any.sh builds the program, runs this and puts it into the page.
"""
import argparse
import gzip
import json
import os
import subprocess
import tempfile
from datetime import datetime, timedelta

import numpy as np

from results import tuned

LEAD, MODELS = "build/lead", "models/runs"
DAYS = (0, 1, 3, 7, 30)
MOMENTS, HOURS, WINDOWS, SAMPLES, HISTORY, HORIZON = 12, 12, 24, 20, 16, 20
SHARE = 0.8  # of the file, before the first moment
ROWS = ("last", "nlinear-day", "any alone", "any")
SCORES = ("ncrps", "nrmse", "link_ncrps")
RESAMPLES, CONFIDENCE, SEED = 9999, 95, 1


def read(path):
    """Header line and [(time, line)] of a TM file, its suspect epochs left out."""
    suspects = set()
    listed = path.replace(".csv.gz", "-suspect-epochs.csv")
    if os.path.exists(listed):
        with open(listed) as file:
            suspects = {line.split(",")[0].strip() for line in file}
    with gzip.open(path, "rt") as file:
        header = file.readline()
        return header, [(line.split(",", 1)[0], line) for line in file if line.split(",", 1)[0] not in suspects]


def when(stamp):
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")


def moments(rows):
    """Evenly spaced times of the last part, a half day before its end at most."""
    times = [when(stamp) for stamp, _ in rows[int(SHARE * len(rows)):]]
    last = times[-1] - timedelta(hours=HOURS)
    usable = [time for time in times if time <= last]
    return [usable[int(at)] for at in np.linspace(0, len(usable) - 1, MOMENTS)]


def write_rows(path, header, rows, since, until):
    """Rows of times [since, until); how many."""
    chosen = [line for stamp, line in rows if since <= when(stamp) < until]
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines([header, *chosen])
    return len(chosen)


def score(folder, network, header, rows, moment, days, step):
    """{(row, horizon): its scores} of the half day after `moment` from what was measured in the days before; without what cannot
    be fitted on it."""
    since = moment - max(timedelta(days=days), HISTORY * step)
    tm, fit = f"{folder}/tm.csv.gz", f"{folder}/fit.csv.gz"
    write_rows(tm, header, rows, since, moment + timedelta(hours=HOURS))
    write_rows(fit, header, rows, since, moment)
    links = f"{os.environ['LEAD_DATA']}/{network}-links.csv"
    model = f"lead:./{MODELS}/without-{network}"
    made = {"last": "last", "any": model, "any alone": f"{model},blend=never"}
    if days > 0:
        made["nlinear-day"] = "nlinear-day"
    command = [LEAD, "evaluate", "--tm", tm, "--fit", fit, "--topology", links, "--horizon", f"1,{HORIZON}", "--samples", str(SAMPLES),
               "--windows", str(WINDOWS), "--from", moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "--json", f"{folder}/scores.json"]
    done = subprocess.run(command + [word for name in made.values() for word in ("--predictor", name)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    names = {predictor: name for name, predictor in made.items()}
    with open(f"{folder}/scores.json") as file:
        return {(names[row["predictor"]], row["horizon"]): row for row in json.load(file)}


def measure(network):
    """{(days, row, horizon): [scores of each moment]}."""
    header, rows = read(f"{os.environ['LEAD_DATA']}/{network}-tm.csv.gz")
    step = min(when(b) - when(a) for (a, _), (b, _) in zip(rows[:50], rows[1:51]))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for moment in moments(rows):
            for days in DAYS:
                for (row, horizon), scores in score(folder, network, header, rows, moment, days, step).items():
                    found.setdefault((days, row, horizon), []).append(scores)
    return found


def interval(mine, theirs, rng):
    """How far the mean of `mine` lies from that of `theirs`, in per cent, with a bootstrap interval over the moments."""
    mine, theirs = np.array(mine), np.array(theirs)
    drawn = rng.integers(len(mine), size=(RESAMPLES, len(mine)))
    apart = 100 * (mine[drawn].mean(1) / theirs[drawn].mean(1) - 1)
    low, high = np.percentile(apart, [(100 - CONFIDENCE) / 2, (100 + CONFIDENCE) / 2])
    return f"{100 * (mine.mean() / theirs.mean() - 1):+.1f} % ({low:+.1f} to {high:+.1f})"


def lines(found):
    rng, last = np.random.default_rng(SEED), max(DAYS)
    for horizon in (1, HORIZON):
        yield from ["", f"### {horizon} step{'s' if horizon > 1 else ''} ahead", ""]
        yield "| days of its own | | " + " | ".join(f"`{score}`" for score in SCORES) + f" | `ncrps` beside `nlinear-day` of {last} days |"
        yield "| --- | --- |" + " --- |" * (len(SCORES) + 1)
        best = [one["ncrps"] for one in found[last, "nlinear-day", horizon]]
        for days in DAYS:
            for row in ROWS:
                if (days, row, horizon) in found:
                    each = found[days, row, horizon]
                    cells = [f"{np.mean([one[score] for one in each]):.4f}" for score in SCORES]
                    yield f"| {days} | {row} | " + " | ".join(cells) + f" | {interval([one['ncrps'] for one in each], best, rng)} |"


def print_tuned(network):
    header, rows = read(f"{os.environ['LEAD_DATA']}/{network}-tm.csv.gz")
    moment = when(rows[int(SHARE * len(rows))][0])
    print(*tuned.lines(network, *tuned.measure(network, header, rows, moment, write_rows)), sep="\n")


def print_first_days(network):
    print(f"Mean of {MOMENTS} moments of the last {100 - 100 * SHARE:.0f} % of `{network}-tm.csv.gz`, {HOURS} hours and {WINDOWS} windows each, "
          f"{SAMPLES} samples. `any` is `without-{network}`. Intervals of {CONFIDENCE} % over moments.")
    for line in lines(measure(network)):
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["abilene", "geant", "tuned-abilene", "tuned-geant"])
    part = parser.parse_args().part
    (print_tuned if part.startswith("tuned-") else print_first_days)(part.removeprefix("tuned-"))


if __name__ == "__main__":
    main()
