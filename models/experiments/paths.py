"""What samples start from: the checkpoint as it is beside others that differ in nothing but their bank of paths."""
import os
import tempfile

import numpy as np

from models import data
from models.experiments import figure, page
from models.experiments.evaluate import evaluate
from models.experiments.given import link_files, notes_of, read_manifest
from models.experiments.setting import Experiment, Result
from models.export import write_json
from models.lead import paths

SHIPPED = "as it ships (lead)"
CLASSICAL = "nlinear-day"  # with its own residuals of the past
SHOWN = (("peak_mlu_crps", "peak MLU"), ("link_peak_crps", "links' peaks"), ("path_energy", "path energy"), ("variogram", "variogram"))
SINGLE = ("ncrps", "link_ncrps", "energy")


def correlation_of_steps(z):
    """[H, H], the mean over windows and pairs, of normal scores z [W, H, P]."""
    return np.atleast_2d(np.corrcoef(np.moveaxis(z, 1, 0).reshape(z.shape[1], -1)))


def as_it_was(z, rng):
    """Whole windows of the past: the bootstrap."""
    return z


def independent(z, rng):
    """Every step and pair for itself."""
    return rng.standard_normal(z.shape)


def mean_correlation(z, rng):
    """Gaussian paths of the steps' mean correlation; pairs are independent."""
    factor = np.linalg.cholesky(0.999 * correlation_of_steps(z) + 0.001 * np.eye(z.shape[1]))
    return np.einsum("hk,wkp->whp", factor, rng.standard_normal(z.shape))


def pairs_apart(z, rng):
    """Each pair's own past, drawn for itself."""
    return np.stack([z[rng.permutation(len(z)), :, pair] for pair in range(z.shape[2])], 2)


BANKS = {"independent steps": independent, "the steps' mean correlation": mean_correlation, "each pair's own past, as it was": pairs_apart,
         "the past of all pairs, as it was": as_it_was}


def with_bank(checkpoint, out, make):
    """The checkpoint `out` with make(normal scores [W, H, N N], rng) in its bank, which is not smoothed, and without a denoiser; its folder."""
    manifest = read_manifest(checkpoint)
    link_files(checkpoint, out)
    path = f"{out}/{manifest['files']['bank']['name']}"
    bank = np.fromfile(path, np.int8).reshape(manifest["shapes"]["bank"], manifest["horizon"], -1)
    made = paths.to_bank(make(bank / paths.UNITS, np.random.default_rng(1)))
    os.remove(path)  # the link, not what it shows to
    made.tofile(path)
    manifest["files"]["bank"]["sha256"] = data.file_sha256(path)
    manifest["paths"] = {"smooth": 0}
    manifest["diffusion"]["sampling_steps"] = 0
    os.remove(f"{out}/manifest.json")
    write_json(f"{out}/manifest.json", manifest)
    return out


def run(setting):
    manifest = read_manifest(setting.checkpoint)
    with tempfile.TemporaryDirectory() as folder:
        made = {label: f"lead:{with_bank(setting.checkpoint, f'{folder}/{index}', make)}"
                for index, (label, make) in enumerate(BANKS.items())}
        made = {CLASSICAL: CLASSICAL, **made, SHIPPED: f"lead:{setting.checkpoint}"}
        rows = evaluate(setting, made, sorted({1, manifest["horizon"]}), against=SHIPPED)
    return Result(rows, [*notes_of(setting), f"{setting.checkpoint.split('/')[-1]}; intervals of 95 % over windows (docs/evaluate.md)."])


def apart(row, score):
    """" +12.3 % (10.1 to 14.4)" of a row's own difference to the shipped checkpoint; empty for itself. Few windows have no
    interval."""
    of = row.get("against", {}).get(score)
    if not of:
        return ""
    if of["low"] is None:
        return f" {100 * of['difference']:+.1f} %"
    return f" {100 * of['difference']:+.1f} % ({100 * of['low']:+.1f} to {100 * of['high']:+.1f})"


def tables(rows):
    """Paths at the longest horizon, then single steps; beside each score how far it is above the shipped checkpoint's."""
    for horizon, chosen in page.by_horizon(rows):
        names = SINGLE if "peak_mlu_crps" not in chosen[0] else [name for name, _ in SHOWN] + ["peak_mlu_coverage_90", "roughness", *SINGLE]
        yield from ["", page.heading(page.ahead(horizon), chosen), ""]
        yield "| samples start from | " + " | ".join(f"`{name}`" for name in names) + " |"
        yield "| --- |" + " --- |" * len(names)
        for row in chosen:
            yield f"| {row['predictor']} | " + " | ".join(f"{page.number(row[name])}{apart(row, name)}" for name in names) + " |"


def draw(rows):
    """How far each score lies above the shipped checkpoint's, in per cent, with its interval."""
    chosen = [row for row in page.by_horizon(rows)[-1][1] if row["predictor"] != SHIPPED]
    drawing, axes = figure.make(1, len(SHOWN), 1.4 + 0.28 * len(chosen), sharey=True)
    for axis, (score, name) in zip(axes[0], SHOWN):
        for at, row in enumerate(chosen):
            of = row["against"][score]
            if of["low"] is not None:
                axis.plot([100 * of["low"], 100 * of["high"]], [at, at], color=figure.OTHERS[0][0])
            axis.plot([100 * of["difference"]], [at], linestyle="none", **figure.style("lead", 0))
        axis.axvline(0, color="#666666", linewidth=0.8)
        axis.set(xlabel=f"{name}: above LEAD's, %", yticks=range(len(chosen)), yticklabels=[row["predictor"] for row in chosen])
    axes[0][0].invert_yaxis()
    return drawing


starts = Experiment("What should samples start from?", run, tables, draw)
