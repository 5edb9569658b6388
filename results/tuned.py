"""A checkpoint fine-tuned on a network's first days: a part of results/any.md.

At the beginning of the last 20 % of the network's file the checkpoint without-NAME of models.train_any, which has not seen this network, is
fine-tuned on the days before (models.fine_tune), and all are scored on the whole of what comes. The table is of `lead evaluate --against`.
"""
import json
import os
import subprocess
import tempfile
from datetime import timedelta

from results.forecast_page import interval, number

LEAD, MODELS = "build/lead", "models/runs"
DAYS = (7, 30)
SPLIT = ("0.85", "1")  # of these days: what is learnt from, and what chooses
WINDOWS, SAMPLES, HORIZON = 300, 40, 20
SCORES = ("ncrps", "nrmse", "link_ncrps")
PATHS = ("peak_mlu_crps", "link_peak_crps")


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")


def fine_tune(folder, network, days):
    """The checkpoint that `days` days of folder/NETWORK-tm.csv.gz make, and the processor's minutes."""
    out, before = f"{folder}/{days}-days", os.times()
    run(["/usr/bin/python3", "-m", "models.fine_tune", f"{folder}/{network}{days}-tm.csv.gz", out, "--checkpoint",
         f"{MODELS}/without-{network}", "--split", *SPLIT, "--run", f"{folder}/run-{days}"])
    after = os.times()
    return out, (after.children_user + after.children_system - before.children_user - before.children_system) / 60


def evaluate(network, made, fit, moment, out):
    """Rows of `lead evaluate` on what comes after `moment`, all against `any`."""
    path = f"{os.environ['LEAD_DATA']}/{network}"
    suspects = f"{path}-tm-suspect-epochs.csv"
    command = [LEAD, "evaluate", "--tm", f"{path}-tm.csv.gz", "--fit", fit, "--topology", f"{path}-links.csv", "--horizon", f"1,{HORIZON}",
               "--samples", str(SAMPLES), "--windows", str(WINDOWS), "--threads", "1", "--from", moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
               "--against", made["any"], "--json", out]
    command += ["--suspect", suspects] if os.path.exists(suspects) else []
    run(command + [word for name in made.values() for word in ("--predictor", name)])
    names = {predictor: name for name, predictor in made.items()}
    with open(out) as file:
        return [{**row, "row": names[row["predictor"]]} for row in json.load(file)]


def measure(network, header, rows, moment, write_rows):
    """(rows of `lead evaluate`, {days: minutes of the processor that fine-tuning took})."""
    with tempfile.TemporaryDirectory() as folder:
        made, minutes = {"any": f"lead:./{MODELS}/without-{network}"}, {}
        for days in DAYS:
            write_rows(f"{folder}/{network}{days}-tm.csv.gz", header, rows, moment - timedelta(days=days), moment)
            checkpoint, minutes[days] = fine_tune(folder, network, days)
            made[f"fine-tuned on {days} days"] = f"lead:{checkpoint}"
        made[f"`{network}-80`, which learnt from the first 70 % of the file"] = f"lead:models/checkpoints/{network}-80"
        made[f"nlinear-day of {max(DAYS)} days"] = "nlinear-day,recalibrate=daily"
        return evaluate(network, made, f"{folder}/{network}{max(DAYS)}-tm.csv.gz", moment, f"{folder}/scores.json"), minutes


def lines(network, found, minutes):
    yield (f"`any` is `without-{network}`; at the beginning of the last 20 % of the file it was fine-tuned on the days before, once; scored are {WINDOWS} "
           f"windows of all that comes, {SAMPLES} samples. Intervals of 95 % by a block bootstrap. Fine-tuning took "
           + " and ".join(f"{spent:.1f} minutes of one core ({days} days)" for days, spent in minutes.items()) + ".")
    for horizon in (1, HORIZON):
        scores = SCORES if horizon == 1 else SCORES + PATHS
        yield from ["", f"### {horizon} step{'s' if horizon > 1 else ''} ahead, fine-tuned", ""]
        yield "| | " + " | ".join(f"`{score}`" for score in scores) + " | `ncrps` beside `any` |" + (" `peak_mlu_crps` beside `any` |" if horizon > 1 else "")
        yield "| --- |" + " --- |" * (len(scores) + 1 + (horizon > 1))
        for row in (row for row in found if row["horizon"] == horizon):
            beside = row.get("against", {})
            told = [interval(beside[score]) if score in beside else "" for score in ("ncrps", "peak_mlu_crps")[:1 + (horizon > 1)]]
            yield f"| {row['row']} | " + " | ".join([number(row[score]) for score in scores] + told) + " |"
