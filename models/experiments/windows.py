"""Scores window by window, where `lead evaluate` cannot be asked since no checkpoint is there, and intervals of their differences."""
import os

import numpy as np

from models import data, sample, scores
from models.experiments.routes import read_links, utilisation

BLOCK, DRAWS = 10, 2000  # windows of a block of the bootstrap (Künsch 1989), resamples


def of_windows(samples, truth, routes):
    """{score: [2, W]}: what a score sums up and what it is divided by, of samples [S, W, H, N, N] against truth; `routes` of
    routes.utilisation."""
    found = {f"ncrps_{step}": (scores.crps(samples[:, :, step - 1], truth[:, step - 1], scores.even).sum((1, 2)), truth[:, step - 1].sum((1, 2)))
             for step in sorted({1, truth.shape[1]})}
    peak, true_peak = ((tms.reshape(*tms.shape[:-2], -1) @ routes.T).max((-1, -2)) for tms in (samples, truth))
    found["peak_mlu_crps"] = scores.crps(peak, true_peak, scores.even_sums), true_peak
    flat, true_flat = samples.reshape(*samples.shape[:2], -1), truth.reshape(len(truth), -1)
    found["path_energy"] = scores.energy(flat, true_flat), np.linalg.norm(true_flat, axis=-1)
    return {name: np.stack(pair) for name, pair in found.items()}


def score_of(values):
    """Of [2, W] or a mean of such."""
    return float(values[0].sum() / values[1].sum())


def interval(ours, theirs):
    """Difference and its 95 % interval, in parts of theirs [2, W]: moving blocks of windows, drawn alike for both."""
    rng, count = np.random.default_rng(1), ours.shape[1]
    block = min(BLOCK, count)
    start = rng.integers(count - block + 1, size=(DRAWS, -(-count // block)))
    chosen = (start[..., None] + np.arange(block)).reshape(DRAWS, -1)[:, :count]
    drawn = (ours[0][chosen].sum(1) / ours[1][chosen].sum(1)) / (theirs[0][chosen].sum(1) / theirs[1][chosen].sum(1)) - 1
    return score_of(ours) / score_of(theirs) - 1, *np.quantile(drawn, [0.025, 0.975])


def part_of(setting, config, split):
    """(series, rows, targets, lags) of the part between two shares of the file, at most `windows` of the setting."""
    whole = sample.prepare({**config, "split": list(split)}, setting.data)
    return whole[0], *sample.pick(*whole[3], setting.windows), whole[1]


def last_part(setting, config):
    """What nothing has been learnt or chosen on."""
    return part_of(setting, config, (config.get("split", data.SPLIT)[1], 1.0))


def routes_of(setting, nodes):
    return utilisation(read_links(os.path.join(setting.data, f"{setting.config['data']}-links.csv"), nodes), len(nodes))
