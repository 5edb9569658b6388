"""Markdown of what `lead evaluate --against lead:CHECKPOINT --json` wrote: results/forecast.sh puts it into results/forecast.md.

    python3 -m results.forecast_page NET.json ...
"""
import json
import os
import sys
import zipfile

SCORES = ("nrmse", "nmae", "od_rmse", "ncrps", "crps_sum", "link_ncrps", "energy")
PATHS = ("peak_mlu_crps", "link_peak_crps", "path_energy")
MARGINAL = ("nrmse", "nmae", "od_rmse", "ncrps")  # what LEAD is to beat the classical forecasts in
SEEN = 0.0005  # a difference that is 0.0 % in print is none
AIM = {1: 0.05, 20: 0.15}  # by how much, by steps ahead
COVERED = (0.87, 0.93)  # where the coverage of its 90 % intervals is to be
CLASSICAL = ("last", "ewma", "seasonal", "nlinear", "nlinear-day")
BARE, BOOTSTRAP, PURE, RIVAL = "base without paths", "bootstrap", "pure_lead", "mlp"  # rows that say which part wins what
AS_IT_COMES = "lead without recalibration"


def split_keys(predictor):
    """"lead:c,recalibrate=never" -> "lead:c", ["recalibrate=never"]."""
    name, *parts = predictor.split(",")
    keys = [part for part in parts if "=" in part]
    return ",".join([name, *(part for part in parts if "=" not in part)]), keys


def label(predictor):
    """A predictor's name without folders: "lead" of a shipped checkpoint, "base without paths" of "lead:out/base-without-paths", "mlp" of
    "torchscript:models/runs/compare-abilene-mlp/predictor.pt,recalibrate=daily"."""
    predictor, keys = split_keys(predictor)
    kind, _, file = predictor.partition(":")
    folder, name = os.path.split(file)
    if "recalibrate=never" in keys:
        return f"{kind} without recalibration"
    if kind == "torchscript":
        return os.path.basename(folder).split("-")[-1]
    return name.replace("-", " ") if kind == "lead" and file and os.path.basename(folder) != "checkpoints" else kind


def number(value, digits=4):
    return "-" if value is None else f"{value:.{digits}f}"


def best(rows, score):
    """The lowest of the rows' scores, None without any."""
    return min((row[score] for row in rows if row.get(score) is not None), default=None)


def cells(rows, row, scores):
    """The row's scores, bold where no row has less."""
    lowest = {score: best(rows, score) for score in scores}
    return [f"**{number(row[score])}**" if row[score] == lowest[score] else number(row[score]) for score in scores]


def score_lines(rows):
    yield "| | " + " | ".join(SCORES) + " | 90 % coverage | its width | collapse | s a forecast |"
    yield "| --- |" + " --- |" * (len(SCORES) + 4)
    for row in rows:
        rest = [number(row["coverage"]["90"], 3), number(row["width_90"], 3), number(row["collapse"], 2),
                f"{row['seconds_per_forecast']:.2g}"]
        yield f"| {label(row['predictor'])} | " + " | ".join(cells(rows, row, SCORES) + rest) + " |"


def path_lines(rows):
    """Scores of whole paths, where the rows have them."""
    rows = [row for row in rows if PATHS[0] in row]
    if not rows:
        return
    yield from ["", "| whole paths | " + " | ".join(PATHS) + " | 90 % coverage of the peak MLU | roughness |"]
    yield "| --- |" + " --- |" * (len(PATHS) + 2)
    for row in rows:
        rest = [number(row["peak_mlu_coverage_90"], 3), number(row["roughness"], 2)]
        yield f"| {label(row['predictor'])} | " + " | ".join(cells(rows, row, PATHS) + rest) + " |"


def row_of(rows, name):
    return next((row for row in rows if label(row["predictor"]) == name), None)


def known(row, scores):
    """Those of the scores that a row has a difference to LEAD's of."""
    return [score for score in scores if row.get("against", {}).get(score)]


def interval(of):
    """"+1.2 % (0.3 to 2.1)" of a difference; few windows, or one burst, have no interval."""
    if of["low"] is None:
        return f"{100 * of['difference']:+.1f} %"
    return f"{100 * of['difference']:+.1f} % ({100 * of['low']:+.1f} to {100 * of['high']:+.1f})"


def verdict(of):
    """Of LEAD, by a difference of another row to it."""
    if of["low"] is None or of["low"] <= 0 <= of["high"] or abs(of["difference"]) < SEEN:
        return "no difference"
    return "LEAD is better" if of["low"] > 0 else "LEAD is worse"


def rivals_of(rows):
    """All rows but LEAD's own and those that are parts of it."""
    return [row for row in rows if label(row["predictor"]) not in ("lead", BARE, BOOTSTRAP, AS_IT_COMES)]


def closest(rows, score):
    """The row with the least of a score among those that are not LEAD's, None without any."""
    there = [row for row in rivals_of(rows) if known(row, [score])]
    return min(there, key=lambda row: row[score], default=None)


def difference_lines(rows):
    """The best row that is not LEAD's, score by score, and how far it is above LEAD's."""
    found = [(score, closest(rows, score)) for score in (*SCORES, *PATHS)]
    found = [(score, row) for score, row in found if row]
    if not found:
        return
    yield from ["", "| | best of the others | its score | above LEAD's (95 %) | |", "| --- | --- | --- | --- | --- |"]
    for score, row in found:
        of = row["against"][score]
        yield f"| {score} | {label(row['predictor'])} | {number(row[score])} | {interval(of)} | {verdict(of)} |"


def by_verdict(row, scores):
    """"better in `nmae` +1.2 % (...); no difference in `nrmse`, ..." of LEAD against one row, score by score."""
    parts = []
    for wanted in ("LEAD is better", "LEAD is worse", "no difference"):
        chosen = [score for score in scores if verdict(row["against"][score]) == wanted]
        by = {score: "" if wanted == "no difference" else f" {interval(row['against'][score])}" for score in chosen}
        if chosen:
            parts.append(f"{wanted} in {', '.join(f'`{score}`{by[score]}' for score in chosen)}")
    return "; ".join(parts)


def part_lines(rows):
    """Which of LEAD's parts wins what: sentences made from the rows that lack one."""
    said = {AS_IT_COMES: "Recalibration every day (against the same samples as they come)",
            BARE: "The paths of the past (against the same base forecast with independent steps and pairs)",
            BOOTSTRAP: "Their smoothing over the steps (against whole windows of the past as they were)",
            RIVAL: "The base forecast and its calibration (against the `mlp`, which has even samples, paths of the past and recalibration, too)",
            PURE: "Base forecast and paths together (against the paper's diffusion from noise, without either)"}
    for name, start in said.items():
        row = row_of(rows, name)
        scores = known(row, (*SCORES, *PATHS)) if row else []
        if scores:
            yield f"- {start}: {by_verdict(row, scores)}."


def against_of(row, lead, score):
    """How far a row is above LEAD's: with the interval where it has one."""
    return row.get("against", {}).get(score) or {"difference": row[score] / lead[score] - 1, "low": None, "high": None}


def classical_lines(lead, classical, horizon):
    """The best classical forecast of each score against LEAD's, and which scores fall short of the aim."""
    least = {score: min(classical, key=lambda row, score=score: row[score]) for score in (*MARGINAL, "link_ncrps", "energy")}
    far = [f"`{score}` {label(row['predictor'])} {interval(against_of(row, lead, score))}" for score, row in least.items()]
    yield f"The best classical forecast of each score, and how far it is above LEAD's: {', '.join(far)}."
    aim = AIM.get(horizon)
    if aim:
        missed = [score for score in MARGINAL if lead[score] > (1 - aim) * least[score][score]]
        yield f"The aim is that LEAD is {100 * aim:.0f} % below in the first four; missed in: {', '.join(missed) or 'none'}."


def against_lines(rows, horizon):
    lead = row_of(rows, "lead")
    classical = [row for row in rows if label(row["predictor"]) in CLASSICAL]
    if not lead or not classical:
        return
    yield ""
    yield from classical_lines(lead, classical, horizon)
    inside = "within" if COVERED[0] <= lead["coverage"]["90"] <= COVERED[1] else "not within"
    yield (f"Its 90 % intervals hold {number(lead['coverage']['90'], 3)} of the truths, {inside} {COVERED[0]} to {COVERED[1]}; its collapse "
           f"ratio is {number(lead['collapse'], 2)} (aim: 0.8 to 1.2).")
    parts = list(part_lines(rows))
    if parts:
        yield from ["", "Which part wins what; by how much the other row is above LEAD's:", "", *parts]


def effort_of(predictor):
    """What models/train_compare.py wrote of its networks into a predictor's file: [{"steps", "best_step", "core_seconds"}]; None of
    another predictor."""
    kind, _, path = split_keys(predictor)[0].partition(":")
    if kind != "torchscript":
        return None
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith("/extra/provenance.json")]
        return json.loads(archive.read(names[0])).get("networks") if names else None


def effort_lines(rows):
    """Steps and time that the comparison networks were trained for."""
    efforts = {label(row["predictor"]): effort_of(row["predictor"]) for row in rows}
    efforts = {name: effort for name, effort in efforts.items() if effort}
    if not efforts:
        return
    yield from ["", "| trained | networks | steps of each | best step of each | core-minutes in all |", "| --- | --- | --- | --- | --- |"]
    for name, effort in efforts.items():
        steps, bests = (", ".join(str(one[key]) for one in effort) for key in ("steps", "best_step"))
        yield f"| {name} | {len(effort)} | {steps} | {bests} | {sum(one['core_seconds'] for one in effort) / 60:.1f} |"


def page(name, rows):
    """Lines of one network."""
    for horizon in sorted({row["horizon"] for row in rows}):
        chosen = [row for row in rows if row["horizon"] == horizon]
        yield from ["", f"## {name}, {horizon} step{'s' if horizon > 1 else ''} ahead, {chosen[0]['windows']} windows", ""]
        yield from score_lines(chosen)
        yield from path_lines(chosen)
        yield from difference_lines(chosen)
        yield from against_lines(chosen, horizon)


def main():
    for path in sys.argv[1:]:
        with open(path) as file:
            rows = json.load(file)
        for line in (*page(os.path.basename(path).removesuffix(".json"), rows), *effort_lines(rows)):
            print(line)


if __name__ == "__main__":
    main()
