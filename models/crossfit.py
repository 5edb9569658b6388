"""Residuals of the base forecast on windows that it has not seen. The fitting part is cut into blocks of time; for each one
a smaller base forecast learns from the others, and gives the normal scores of the block's truths. In-sample residuals are
too small and too much alike those of a calm day: paths bootstrapped from them are worse.
"""
import json
import os

import numpy as np
import torch

from models import sample
from models.lead import normal_score, paths, tm_image

NAME = "residuals.npz"
MARGIN = tm_image.DAY  # between a block and what its base learns from, s
BANK_WINDOWS = 400  # of a checkpoint
LEAST = 10  # windows that a fold learns from


def blocks(series, fit, settings):
    """Of every block: the windows (rows, targets) that its base learns from, and its own."""
    rows, targets = fit
    first, last = series.times[targets[:, 0]], series.times[targets[:, -1]]
    edges = np.linspace(0, len(rows), settings["blocks"] + 1).astype(int)
    for low, high in zip(edges[:-1], edges[1:]):
        apart = (last < first[low] - MARGIN) | (first > last[high - 1] + MARGIN)
        if apart.sum() < LEAST:
            raise SystemExit(f"{apart.sum()} windows are left to learn from beside a block of the time and a day around it, fewer than "
                             f"{LEAST}: too few TMs for \"folds\" of {settings['blocks']} blocks")
        yield (rows[apart], targets[apart]), (rows[low:high], targets[low:high])


def scores_of(base, series, config, lags, share, windows, rng):
    """Normal scores float16 [W, H, N, N] of the truths of windows (rows, targets)."""
    rows, targets = windows

    def scores(window, start):
        y = sample.relative_to(window, series.tms[targets[start:start + sample.CHUNK]])
        with torch.no_grad():
            quantiles = base(*sample.base_inputs(window))[0].double().numpy()
        return normal_score.random_score_of(y, quantiles, rng).astype(np.float16)[None]

    return sample.over_windows(scores, rows, series, config, lags, share)[0]


def save(path, **arrays):
    with open(f"{path}.part", "wb") as file:
        np.savez(file, **arrays)
    os.replace(f"{path}.part", path)


def origin(config, sha256):
    """What residuals are of, as text: the TM file and the windows' shape. Not the split: those of a shorter fitting part serve a
    longer one."""
    return json.dumps({"sha256": sha256, **{key: config[key] for key in ("history", "day_offsets", "horizon")}}, sort_keys=True)


def load(run, config, sha256):
    """(z [W, H, N, N], rows [W, F], targets [W, H]) of a run on the TM file of that SHA-256; None when they are not there
    yet. Those of other data or windows are refused."""
    path = f"{run}/{NAME}"
    if not os.path.exists(path):
        return None
    with np.load(path) as arrays:
        if "origin" not in arrays or str(arrays["origin"]) != origin(config, sha256):
            raise SystemExit(f"{path}: of other TMs or windows than {config['name']} has now: delete it, and it is made anew")
        return arrays["z"], arrays["rows"], arrays["targets"]


def measure(run, folds, prepared, config, share):
    """Writes the residuals of a run's trained folds (in the order of `blocks`), of at most "windows" windows in all."""
    series, lags, fit, _ = prepared
    settings = config["training"]["folds"]
    rng, parts = np.random.default_rng([config["seed"], 4]), []
    for fold, (_, own) in zip(folds, blocks(series, fit, settings)):
        own = sample.pick(*own, settings["residuals"] // settings["blocks"])
        parts.append((scores_of(fold, series, config, lags, share, own, rng), *own))
    z, rows, targets = (np.concatenate(part) for part in zip(*parts))
    save(f"{run}/{NAME}", z=z, rows=rows, targets=targets, origin=origin(config, series.sha256))


def bank_of(residuals, seed):
    """int8 [W, H, N, N]: what a checkpoint starts its samples from."""
    z, _, _ = residuals
    chosen = np.unique(np.linspace(0, len(z) - 1, min(BANK_WINDOWS, len(z))).round().astype(int))
    bank = paths.even(z[chosen].astype(np.float32), np.random.default_rng([seed, 5]))
    bank[..., np.eye(z.shape[-1], dtype=bool)] = 0.0
    return paths.to_bank(bank)
