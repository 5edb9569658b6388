"""Detection of anomalies and their root cause: results/detection.md.

    /usr/bin/python3 -m results.detection_page PART

Parts: abilene, geant. Writes scenarios with events of known place and size, runs them by `lead run`, and compares anomalies.csv with what
was injected, beside a percentile threshold on link loads and EWMA residuals of pairs; prints the part as Markdown. results/detection.sh
builds the program, runs this and puts it into the page.
"""
import argparse
import collections
import csv
import os
import random
import subprocess
import sys

import h5py
import numpy as np

LEAD = "build/lead"
KEPT = "build/detection"
CONFIDENCE = 95  # per cent
RESAMPLES = 9999
RATE = 1e-3  # alarms an epoch that every detector is set to
AFTERMATH = 6  # epochs behind an event that are neither it nor usual: what ends is a change, too
SEED = 20041120

# `before` are the epochs that thresholds are set on, `epochs` those with events; `day` of the network.
NETWORKS = {
    "abilene": {"topology": "abilene.yaml", "tm": "abilene-tm.csv.gz", "suspect": None, "epoch": 300, "day": 288, "lead": "abilene-80",
                "before": ("2004-07-07T00:00:00Z", 14 * 288), "start": "2004-07-21T00:00:00Z", "epochs": 8 * 288, "history": 4032},
    "geant": {"topology": "geant.yaml", "tm": "geant-tm.csv.gz", "suspect": "geant-tm-suspect-epochs.csv", "epoch": 900, "day": 96,
              "lead": "geant-80", "before": ("2005-03-02T00:00:00Z", 12 * 96), "start": "2005-03-14T00:00:00Z", "epochs": 8 * 96,
              "history": 1150},
}
FORECASTERS = ("last", "nlinear-day", "lead")
PLACES = ("pair", "source", "destination", "all")
# name: (factor, ramp, top, decay) in epochs
SHAPES = {"factor 2": (2, 0, 4, 0), "factor 5": (5, 0, 4, 0), "factor 10": (10, 0, 4, 0), "factor 20": (20, 0, 4, 0),
          "ramp to 10": (10, 4, 2, 0), "shift to 3": (3, 0, 12, 0), "outage": (1e-9, 0, 4, 0)}
SLOT = 24  # epochs from one event's slot to the next one's
SHARE = 0.95  # of the traffic, by the pairs that are drawn from

Event = collections.namedtuple("Event", "first last place where shape")
Alarm = collections.namedtuple("Alarm", "first last place where")


# --- scenarios and runs -----------------------------------------------------------------------------------------------------


def scenario(network, name, start, epochs, policies, events):
    """The text of a scenario; its file lies beside the others' data."""
    about = NETWORKS[network]
    suspect = f", suspect: {about['suspect']}" if about["suspect"] else ""
    lines = [f"name: {name}", f"topology: {{ file: {os.path.abspath('scenarios')}/{about['topology']} }}", "traffic:",
             f"  tm: {{ file: {about['tm']}, start: {start}, epochs: {epochs}, history: {about['history']}{suspect} }}",
             f"time: {{ epoch: {about['epoch']} s }}", f"detect: {{ level: {RATE} }}", "policies:"]
    for policy in policies:
        model = f"lead, checkpoint: {about['lead']}" if policy == "lead" else f"{policy}, samples: bootstrap"
        lines.append(f"  - {{ name: {policy}, predict: {{ model: {model} }}, te: {{ algorithm: ecmp, weights: inverse-capacity }} }}")
    lines.append("events:" if events else "")
    for event in events:
        factor, ramp, top, decay = SHAPES[event.shape]
        length = about["epoch"]
        lines.append(f"  - {{ kind: burst, pairs: \"{event.where}\", factor: {factor}, epoch: {event.first}, ramp: {ramp * length} s, "
                     f"duration: {top * length} s, decay: {decay * length} s }}")
    return "\n".join([*lines, "engine: fluid", "seed: 1", ""])


def run(network, name, *rest):
    folder = f"{KEPT}/{network}-{name}"
    os.makedirs(KEPT, exist_ok=True)
    with open(f"{folder}.yaml", "w", encoding="utf-8") as file:
        file.write(scenario(network, f"{network}-{name}", *rest))
    subprocess.run([LEAD, "run", f"{folder}.yaml", "--out", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def matrices(folder):
    """TMs as sent [epochs][n*n], the diagonal 0, and the names of nodes."""
    with h5py.File(f"{folder}/last/tm.h5") as file:
        tms = file["traffic"][:].astype(float)
        names = [name.decode() if isinstance(name, bytes) else str(name) for name in file["src"][:]]
    for tm in tms:
        np.fill_diagonal(tm, 0)
    return tms.reshape(len(tms), -1), names


def link_loads(folder, epochs):
    """[epochs][m] bit/s."""
    return np.array([float(r["offered_bps"]) for r in rows_of(f"{folder}/last/links.csv")]).reshape(epochs, -1)


# --- events -----------------------------------------------------------------------------------------------------------------


def draw_events(tms, names, epochs):
    """Events one behind the other, each place and shape as often as any other, where and when by chance."""
    chance = random.Random(SEED)
    n, mean = len(names), tms.mean(axis=0)
    order = np.argsort(-mean)
    carrying = order[:np.searchsorted(np.cumsum(mean[order]), SHARE * mean.sum()) + 1]
    kinds = [(place, shape) for place in PLACES for shape in SHAPES]
    chance.shuffle(kinds)
    events = []
    for slot in range(1, epochs // SLOT):
        place, shape = kinds[slot % len(kinds)]
        pair, node = int(chance.choice(list(carrying))), names[chance.randrange(n)]
        where = {"pair": f"{names[pair // n]}>{names[pair % n]}", "source": f"{node}>*", "destination": f"*>{node}", "all": "*"}[place]
        first = slot * SLOT + chance.randrange(4)
        events.append(Event(first, first + sum(SHAPES[shape][1:]) - 1, place, where, shape))
    return events


# --- detectors --------------------------------------------------------------------------------------------------------------


def ours(folder, policy):
    return [Alarm(int(r["first_epoch"]), int(r["last_epoch"]), r["cause"], r["where"]) for r in rows_of(f"{folder}/{policy}/anomalies.csv")]


def spells(on, where):
    """Alarms of epochs; one is over after three epochs without."""
    found = []
    for epoch in np.flatnonzero(on):
        if found and epoch - found[-1].last <= 3:
            found[-1] = found[-1]._replace(last=int(epoch))
        else:
            found.append(Alarm(int(epoch), int(epoch), *where(int(epoch))))
    return found


def link_alarms(before, now):
    """Any link above its own quantile of the days before, the quantile such that there RATE of the epochs have an alarm."""
    low, high = 0.9, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        share = (before > np.quantile(before, middle, axis=0)).any(axis=1).mean()
        low, high = (middle, high) if share > RATE else (low, middle)
    return spells((now > np.quantile(before, high, axis=0)).any(axis=1), lambda epoch: ("", ""))


def residuals(tms):
    """|x - EWMA| over the EWMA of squared residuals' root, [epochs][pairs]; the first 100 epochs are for it to begin."""
    level, square, scores = tms[0].copy(), np.zeros(tms.shape[1]), np.zeros_like(tms)
    small = 0.05 * tms.mean()  # what is small beside the mean pair is all the same, as in ours
    for epoch in range(1, len(tms)):
        error = tms[epoch] - level
        if epoch > 100:
            scores[epoch] = np.abs(error) / np.sqrt(square + small ** 2)
        square += (np.minimum(error ** 2, 9 * square if epoch > 100 else np.inf) - square) / min(epoch, 100)
        level += 0.25 * error
    return scores


def ewma_alarms(before, now, names):
    scores = residuals(np.vstack([before, now]))
    largest = scores.max(axis=1)
    threshold = np.quantile(largest[101:len(before)], 1 - RATE)
    top = scores[len(before):].argmax(axis=1)
    return spells(largest[len(before):] > threshold,
                  lambda epoch: ("pair", f"{names[top[epoch] // len(names)]}>{names[top[epoch] % len(names)]}"))


# --- scores -----------------------------------------------------------------------------------------------------------------


def found_by(event, alarms):
    """The alarm that finds an event: the first one that is on in it; None."""
    return next((a for a in alarms if a.first <= event.last and a.last >= event.first), None)


def false_alarms(events, alarms):
    return [a for a in alarms if all(a.last < e.first or a.first > e.last + AFTERMATH for e in events)]


def interval(values, seed=1):
    """The mean of values that stand for themselves, and its interval."""
    values = np.asarray(values, float)
    if len(values) == 0:
        return np.nan, np.nan, np.nan
    draws = np.random.default_rng(seed).choice(values, (RESAMPLES, len(values))).mean(axis=1)
    return (values.mean(), *np.percentile(draws, [(100 - CONFIDENCE) / 2, (100 + CONFIDENCE) / 2]))


def with_interval(values, digits=2):
    mean, low, high = interval(values)
    return "-" if np.isnan(mean) else f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join(["---"] * len(head)) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def summary_row(name, events, alarms, quiet, days):
    """Precision, recall, delay, root cause, false alarms a day."""
    found = [found_by(e, alarms) for e in events]
    false = false_alarms(events, alarms)
    hits = [a for a in found if a]
    delays = [max(a.first - e.first, 0) for e, a in zip(events, found) if a]
    named = any(a.place for a in alarms)
    right = [a.where == e.where for e, a in zip(events, found) if a]
    return [name, with_interval([1.0] * len(hits) + [0.0] * len(false)), with_interval([a is not None for a in found]), with_interval(delays),
            with_interval(right) if named else "none is named", f"{len(quiet) / days:.2f} ({len(quiet)})"]


def recall_rows(detectors, events, key, values):
    for value in values:
        chosen = [e for e in events if getattr(e, key) == value]
        cells = []
        for name, (alarms, _) in detectors.items():
            found = [found_by(e, alarms) for e in chosen]
            right = sum(a is not None and a.where == e.where for e, a in zip(chosen, found))
            cells.append(f"{sum(a is not None for a in found)}" + (f" / {right}" if any(a.place for a in alarms) else ""))
        yield [value, str(len(chosen)), *cells]


def part_lines(network):
    about = NETWORKS[network]
    before = run(network, "before", *about["before"], ["last"], [])
    quiet = run(network, "quiet", about["start"], about["epochs"], FORECASTERS, [])
    tms_before, names = matrices(before)
    events = draw_events(tms_before, names, about["epochs"])
    disturbed = run(network, "events", about["start"], about["epochs"], FORECASTERS, events)
    days = about["epochs"] / about["day"]
    tms, loads_before = {f: matrices(f)[0] for f in (quiet, disturbed)}, link_loads(before, about["before"][1])
    detectors = {f"surprise, {p}": (ours(disturbed, p), ours(quiet, p)) for p in FORECASTERS}
    detectors["EWMA residuals"] = tuple(ewma_alarms(tms_before, tms[f], names) for f in (disturbed, quiet))
    detectors["link loads"] = tuple(link_alarms(loads_before, link_loads(f, about["epochs"])) for f in (disturbed, quiet))
    yield f"## {network.capitalize() if network == 'abilene' else network.upper()}"
    yield ""
    yield (f"{days:.0f} days from {about['start'][:10]} ({about['epochs']} epochs of {about['epoch'] // 60} min) with {len(events)} events, and the same days "
           f"without. Thresholds of the last two are set on the {about['before'][1] // about['day']} days before.")
    yield ""
    yield from table(("detector", "precision", "recall", "delay, epochs", "right cause, of those found", "false alarms a day, undisturbed (all)"),
                     [summary_row(name, events, alarms, still, days) for name, (alarms, still) in detectors.items()])
    yield "Events found / with the right cause, by what was done, and by where:"
    yield ""
    yield from table(("event", "events", *detectors), [*recall_rows(detectors, events, "shape", SHAPES), *recall_rows(detectors, events, "place", PLACES)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=NETWORKS)
    arguments = parser.parse_args()
    for line in part_lines(arguments.part):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
