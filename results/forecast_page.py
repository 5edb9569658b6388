"""Markdown of what `lead evaluate --json` wrote: results/forecast.sh puts it into results/forecast.md.

    python3 -m results.forecast_page NET.json ...
"""
import json
import os
import sys

SCORES = ("nrmse", "nmae", "od_rmse", "ncrps", "crps_sum", "link_ncrps", "energy")
MARGINAL = ("nrmse", "nmae", "od_rmse", "ncrps")  # what LEAD is to beat the classical forecasts in
AIM = {1: 0.05, 20: 0.15}  # by how much, by steps ahead
JOINT = ("ncrps", "link_ncrps", "energy")  # what LEAD is not to be above the quantile MLP in
COVERED = (0.87, 0.93)  # where the coverage of its 90 % intervals is to be
CLASSICAL = ("last", "ewma", "seasonal", "nlinear", "nlinear-day")


def label(predictor):
    """A predictor's name without folders: "lead", "mlp" of "torchscript:models/runs/compare-abilene-mlp/predictor.pt"."""
    kind, _, file = predictor.partition(":")
    return os.path.basename(os.path.dirname(file)).split("-")[-1] if kind == "torchscript" else kind


def number(value, digits=4):
    return "-" if value is None else f"{value:.{digits}f}"


def best(rows, score):
    """The lowest of the rows' scores, None without any."""
    return min((row[score] for row in rows if row[score] is not None), default=None)


def score_lines(rows):
    lowest = {score: best(rows, score) for score in SCORES}
    yield "| | " + " | ".join(SCORES) + " | 90 % coverage | its width | collapse | s a forecast |"
    yield "| --- |" + " --- |" * (len(SCORES) + 4)
    for row in rows:
        cells = [f"**{number(row[score])}**" if row[score] == lowest[score] else number(row[score]) for score in SCORES]
        rest = [number(row["coverage"]["90"], 3), number(row["width_90"], 3), number(row["collapse"], 2),
                f"{row['seconds_per_forecast']:.2g}"]
        yield f"| {label(row['predictor'])} | " + " | ".join(cells + rest) + " |"


def changes(row, against, scores):
    """"`nmae` -2.7 %, ...": the row's scores against {score: value}."""
    return ", ".join(f"`{score}` {100 * (row[score] / against[score] - 1):+.1f} %" for score in scores)


def row_of(rows, name):
    return next((row for row in rows if label(row["predictor"]) == name), None)


def classical_lines(lead, classical, horizon):
    """LEAD's scores against the best classical forecast of each, and which fall short of the aim."""
    least = {score: best(classical, score) for score in SCORES}
    yield f"LEAD against the best classical forecast of each score: {changes(lead, least, (*MARGINAL, 'link_ncrps', 'energy'))}."
    aim = AIM.get(horizon)
    if aim:
        missed = [score for score in MARGINAL if lead[score] > (1 - aim) * least[score]]
        yield f"The aim is {-100 * aim:.0f} % in the first four; missed in: {', '.join(missed) or 'none'}."


def against_lines(rows, horizon):
    lead, mlp = row_of(rows, "lead"), row_of(rows, "mlp")
    classical = [row for row in rows if row["predictor"] in CLASSICAL]
    if not lead or not classical:
        return
    yield ""
    yield from classical_lines(lead, classical, horizon)
    if mlp:
        yield f"Against the `mlp`, which it should not be above in any of these: {changes(lead, mlp, JOINT)}."
    inside = "within" if COVERED[0] <= lead["coverage"]["90"] <= COVERED[1] else "not within"
    yield (f"Its 90 % intervals hold {number(lead['coverage']['90'], 3)} of the truths, {inside} {COVERED[0]} to {COVERED[1]}; its collapse "
           f"ratio is {number(lead['collapse'], 2)} (aim: 0.8 to 1.2).")


def page(name, rows):
    """Lines of one network."""
    for horizon in sorted({row["horizon"] for row in rows}):
        chosen = [row for row in rows if row["horizon"] == horizon]
        yield ""
        yield f"## {name}, {horizon} step{'s' if horizon > 1 else ''} ahead, {chosen[0]['windows']} windows"
        yield ""
        yield from score_lines(chosen)
        yield from against_lines(chosen, horizon)


def main():
    for path in sys.argv[1:]:
        with open(path) as file:
            rows = json.load(file)
        for line in page(os.path.basename(path).removesuffix(".json"), rows):
            print(line)


if __name__ == "__main__":
    main()
