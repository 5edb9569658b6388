"""Experiments on a given checkpoint, without training: steps, horizon, coverage."""
import json
import os
import tempfile

from models import data
from models.experiments import figure, page
from models.experiments.evaluate import evaluate
from models.experiments.setting import Experiment, Result
from models.export import write_json

STEPS = (1, 2, 4, 10, 25, 50, 100)
SAMPLERS = ("euler", "ddim")
CLASSICAL = ("last", "ewma", "nlinear-day")
LEVELS = (50, 80, 90, 95)
BESIDE = ("ncrps", "link_ncrps", "energy", "nmae", "nrmse", "coverage 90")


def read_manifest(checkpoint):
    with open(f"{checkpoint}/manifest.json") as file:
        return json.load(file)


def notes_of(setting):
    training = read_manifest(setting.checkpoint)["training"]
    return [f"Network {setting.net}; the checkpoint: {training['steps']} steps of diffusion training, commit "
            f"{training['commit'][:12]}."]


def link_files(checkpoint, out):
    """A folder `out` with links to a checkpoint's files."""
    os.makedirs(out)
    for name in os.listdir(checkpoint):
        os.symlink(os.path.abspath(f"{checkpoint}/{name}"), f"{out}/{name}")


def with_sampler(checkpoint, out, sampler, steps):
    """The checkpoint `out`, which samples in another way; its folder."""
    manifest = read_manifest(checkpoint)
    manifest["diffusion"].update(sampler=sampler, sampling_steps=steps)
    link_files(checkpoint, out)
    write_json(f"{out}/manifest.json", manifest)
    return out


def without_calibration(checkpoint, out):
    """The checkpoint `out` whose samples are neither shifted nor stretched; its folder."""
    manifest = read_manifest(checkpoint)
    link_files(checkpoint, out)
    path = f"{out}/{manifest['files']['scaling']['name']}"
    with open(path) as file:
        scaling = json.load(file)
    scaling["calibration"] = [0.0, 1.0] * (len(scaling["calibration"]) // 2)
    write_json(path, scaling)
    manifest["files"]["scaling"]["sha256"] = data.file_sha256(path)
    write_json(f"{out}/manifest.json", manifest)
    return out


def first_and_last(setting):
    return sorted({1, read_manifest(setting.checkpoint)["horizon"]})


def run_steps(setting):
    if read_manifest(setting.checkpoint)["diffusion"]["sampling_steps"] == 0:
        raise SystemExit(f"{setting.checkpoint}: no denoiser, so no diffusion steps to compare")
    with tempfile.TemporaryDirectory() as folder:
        made = {f"{sampler}, {count}": with_sampler(setting.checkpoint, f"{folder}/{sampler}-{count}", sampler, count)
                for sampler in SAMPLERS for count in STEPS}
        rows = evaluate(setting, {label: f"lead:{path}" for label, path in made.items()}, first_and_last(setting))
    return Result(rows, notes_of(setting))


def steps_figure(rows):
    """Scores over the seconds of a forecast, a line for each sampler; numbers are diffusion steps."""
    split = [{**row, "predictor": row["predictor"].split(", ")[0], "steps": row["predictor"].split(", ")[1]} for row in rows]
    shown, horizons = ("ncrps", "energy"), page.by_horizon(split)
    drawing, axes = figure.make(len(shown), len(horizons), 5.2)
    for column, (horizon, chosen) in enumerate(horizons):
        for line, score in zip(axes, shown):
            axis = line[column]
            figure.draw_lines(axis, chosen, "seconds_per_forecast", score)
            for row in chosen:
                below = row["predictor"] == SAMPLERS[0]
                axis.annotate(row["steps"], (row["seconds_per_forecast"], row[score]), (-2, -11 if below else 5),
                              textcoords="offset points", fontsize=7)
            axis.set(xscale="log", xlabel="seconds a forecast", ylabel=figure.NAMES[score], title=page.ahead(horizon))
            axis.margins(y=0.1)
            figure.show_plain_numbers(axis.xaxis)
    figure.legend(drawing, axes[0][0])
    return drawing


def run_horizon(setting):
    last = read_manifest(setting.checkpoint)["horizon"]
    predictors = {**{name: name for name in CLASSICAL}, "lead": f"lead:{setting.checkpoint}"}
    return Result(evaluate(setting, predictors, range(1, last + 1)), notes_of(setting))


def horizon_tables(rows):
    for score in BESIDE:
        yield from ["", page.heading(score, rows), "", *page.pivot(rows, "steps ahead", "horizon", score)]
    yield from ["", "## seconds a forecast of all steps", ""]
    first = [row for row in rows if row["horizon"] == rows[0]["horizon"]]
    yield from (f"- {row['predictor']}: {row['seconds_per_forecast']:.2g}" for row in first)


def horizon_figure(rows):
    shown = ("ncrps", "energy", "coverage 90")
    drawing, axes = figure.make(1, len(shown), 3.0)
    for axis, score in zip(axes[0], shown):
        figure.draw_lines(axis, rows, "horizon", score)
        axis.set(xlabel="steps ahead", ylabel=figure.NAMES[score])
    figure.legend(drawing, axes[0][0])
    return drawing


def run_coverage(setting):
    with tempfile.TemporaryDirectory() as folder:
        plain = without_calibration(setting.checkpoint, f"{folder}/plain")
        predictors = {"last": "last", "nlinear-day": "nlinear-day", "lead, not calibrated": f"lead:{plain}",
                      "lead, calibrated": f"lead:{setting.checkpoint}"}
        return Result(evaluate(setting, predictors, first_and_last(setting)), notes_of(setting))


def coverage_tables(rows):
    for horizon, chosen in page.by_horizon(rows):
        yield from ["", page.heading(f"Coverage, {page.ahead(horizon)}", chosen), ""]
        yield "| central interval | " + " | ".join(f"{level} %" for level in LEVELS) + " | width of 90 % / traffic |"
        yield "| --- |" + " --- |" * (len(LEVELS) + 1)
        for row in chosen:
            cells = [f"{100 * row['coverage'][str(level)]:.1f} %" for level in LEVELS]
            yield f"| {row['predictor']} | " + " | ".join(cells) + f" | {row['width_90']:.3f} |"
    yield from page.score_tables(rows)


def coverage_figure(rows):
    """How many truths too many or too few lie in the central intervals."""
    horizons = page.by_horizon(rows)
    drawing, axes = figure.make(1, len(horizons), 3.0, sharey=True)
    for axis, (horizon, chosen) in zip(axes[0], horizons):
        for index, row in enumerate(chosen):
            off = [100 * row["coverage"][str(level)] - level for level in LEVELS]
            axis.plot(LEVELS, off, label=row["predictor"], **figure.style(row["predictor"], index))
        axis.axhline(0, color="#666666", linewidth=0.8)
        axis.set(xlabel="nominal coverage, %", xticks=LEVELS, title=page.ahead(horizon))
    axes[0][0].set_ylabel("found less nominal, percentage points")
    figure.legend(drawing, axes[0][0])
    return drawing


steps = Experiment("How many diffusion steps, and by which sampler?", run_steps, page.score_tables, steps_figure)
horizon = Experiment("How far ahead do forecasts hold?", run_horizon, horizon_tables, horizon_figure)
coverage = Experiment("Do the intervals hold what they promise?", run_coverage, coverage_tables, coverage_figure)
