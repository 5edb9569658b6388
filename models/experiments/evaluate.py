"""Scores from `lead evaluate`: all predictors in one call, on the same windows."""
import json
import os
import subprocess
import tempfile

from models.experiments.setting import SAMPLES


def command(setting, predictors, horizons, tm, at, out, against=None):
    """The program and its arguments; `tm`: another file than the network's own, `at`: one of times, `against`: one of the
    predictors, or None."""
    stem = os.path.join(setting.data, setting.config["data"])
    line = [setting.program, "evaluate", "--tm", tm or f"{stem}-tm.csv.gz", "--topology", f"{stem}-links.csv",
            "--horizon", ",".join(map(str, horizons)), "--samples", str(SAMPLES), "--windows", str(setting.windows),
            "--threads", str(setting.threads), "--json", out]
    if os.path.exists(f"{stem}-tm-suspect-epochs.csv"):
        line += ["--suspect", f"{stem}-tm-suspect-epochs.csv"]
    if at:
        line += ["--at", at]
    if against:
        line += ["--against", against]
    return line + [word for predictor in predictors for word in ("--predictor", predictor)]


def as_it_comes(predictor):
    """A checkpoint's own samples: what recalibration makes of them is not the model's."""
    return f"{predictor},recalibrate=never" if predictor.startswith("lead:") else predictor


def evaluate(setting, predictors, horizons, tm=None, at=None, against=None):
    """Rows of `predictors` {label: NAME[:CHECKPOINT]}, predictors outside, horizons inside; "predictor" is the label. With
    `against`, a label, the others have "against", see docs/evaluate.md."""
    predictors = {label: as_it_comes(predictor) for label, predictor in predictors.items()}
    with tempfile.TemporaryDirectory() as folder:
        line = command(setting, predictors.values(), horizons, tm, at, f"{folder}/scores.json", predictors.get(against))
        if subprocess.run(line).returncode != 0:
            raise SystemExit("lead evaluate failed: see above")
        with open(f"{folder}/scores.json") as file:
            rows = json.load(file)
    if len(rows) != len(predictors) * len(horizons):
        raise SystemExit(f"{len(rows)} rows of scores, not {len(predictors)} x {len(horizons)}: see above")
    labels = {predictor: label for label, predictor in predictors.items()}
    return [{**row, "predictor": labels[row["predictor"]]} for row in rows]
