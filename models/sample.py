"""Samples and scores of a model over many windows, and the windows' inputs."""
import numpy as np
import torch

from models import data, scores
from models.lead import diffusion, normal_score, paths, spans, tm_image
from models.lead.model import day_lags

LEAST = 20  # windows to learn from, and to choose by
CHUNK = 24  # windows at a time
BATCH = 48  # samples that are denoised at a time: those of whole chunks take twice as long, out of the caches


def make_windows(series, rows, history, lags, share, spans):
    """Window of rows [B, F] of a series (absent ones filled); `spans` as spans.spans_of gives them. Without `share` that of
    the week before is measured."""
    filled, present = tm_image.fill_rows(rows, history)
    now = series.times[filled[:, -1]]
    share = series.sums.shares(now) if share is None else share
    return tm_image.make_window(series.tms[filled], present, series.sums.at(now, spans), now, lags, series.step, history, share)


def base_inputs(window):
    """relative, features, spans, known, size: what Lead.quantiles takes."""
    return tuple(torch.from_numpy(part) for part in (window.relative, window.features, window.spans, window.known, window.size))


def quantiles_of(model, window):
    """The quantiles [B, H, K, N, N] of LEAD's base forecast or of a network of models/compare, a tensor."""
    return model.quantiles(*base_inputs(window))


def relative_to(window, tms):
    """tms [..., B, H, N, N] over the windows' scale; 0 on the diagonal."""
    scale = window.scale[:, None]
    return np.where(scale > 0, tms / np.where(scale > 0, scale, 1.0), 0.0)


def tms_of(z, window, quantiles):
    """TMs [S, B, H, N, N] in bit/s of normal scores."""
    most = normal_score.CEILING * window.level[:, None, None, None]
    return np.minimum(window.scale[:, None] * normal_score.restore(z, quantiles), most)


def denoised(model, x, conditions, steps):
    return diffusion.sample(lambda x, step: model.denoiser(x, step, *conditions), x, steps)


@torch.no_grad()
def generate(model, window, bank, count, steps, seed):
    """Normal scores z [S, B, H, N, N], even in every cell, and the quantiles [B, H, K, N, N] of a batch of windows. They start
    as paths of the bank, which without steps they stay."""
    quantiles, spatial = model.base(*base_inputs(window))
    x = paths.make_even(paths.take(bank, seed, count, len(quantiles), quantiles.shape[-1]))
    if steps > 0:
        x = paths.reorder(x, denoise_batch(model, window, spatial, x, steps))
    return x.astype(np.float64), quantiles.double().numpy()


def denoise_batch(model, window, spatial, x, steps):
    """x [S, B, H, N, N] denoised under the windows' conditions."""
    g, c = model.conditions(torch.from_numpy(window.images), torch.from_numpy(window.features))
    count = len(x)
    again = [tensor.repeat((count,) + (1,) * (tensor.dim() - 1)) for tensor in (g, c, spatial)]
    parts = zip(*(tensor.split(BATCH) for tensor in (torch.from_numpy(x).flatten(0, 1), *again)))
    return torch.cat([denoised(model, part, conditions, steps) for part, *conditions in parts]).view(x.shape).numpy()


def sample_window(model, window, scaling, count, steps, seed):
    """TMs [S, B, H, N, N] in bit/s: `count` samples of each window of a batch."""
    z, quantiles = generate(model, window, paths.smoothed(scaling.bank, scaling.smooth), count, steps, seed)
    return tms_of(normal_score.calibrate(z, window.level, scaling), window, quantiles)


@torch.no_grad()
def base_window(model, window, count):
    """TMs [S, B, H, N, N] in bit/s: `count` evenly spaced values of quantiles_of alone."""
    quantiles = quantiles_of(model, window).double().numpy()
    z = normal_score.normal_quantile((np.arange(count) + 0.5) / count)
    z = np.broadcast_to(z[:, None, None, None, None], (count, *quantiles.shape[:2], *quantiles.shape[3:]))
    return tms_of(z, window, quantiles)


def over_windows(make, rows, series, config, lags, share):
    """make(window, start) -> [S, B, H, N, N] over all windows, a chunk at a time: [S, W, H, N, N]."""
    parts, longer = [], spans.spans_of(series.step, config["horizon"])
    for start in range(0, len(rows), CHUNK):
        window = make_windows(series, rows[start:start + CHUNK], config["history"], lags, share, longer)
        parts.append(make(window, start))
    return np.concatenate(parts, axis=1)


def pick(rows, targets, count):
    """At most `count` windows, evenly spaced."""
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(int))
    return rows[chosen], targets[chosen]


def scored_steps(config):
    """The steps ahead that are scored: the first and the last."""
    return sorted({1, config["horizon"]})


def score_names(config):
    return [f"{key}_{step}" for step in scored_steps(config) for key in scores.NAMES]


def score(samples, series, targets, config):
    """Scores {name_step: value} of samples [S, W, H, N, N]."""
    found = {}
    for step in scored_steps(config):
        one = scores.score(samples[:, :, step - 1], series.tms[targets[:, step - 1]])
        found.update({f"{key}_{step}": value for key, value in one.items()})
    return found


def prepare(config, folder):
    """Series, lags, windows of the fitting and the choosing part; refuses TMs that leave fewer than LEAST of either."""
    split = config.get("split", data.SPLIT)
    series = data.load(folder, config["data"], split)
    try:
        days = day_lags(config, series.step)
    except ValueError as error:
        raise SystemExit(f"{data.tm_path(folder, config['data'])}: {error}: TMs too far apart for this configuration") from error
    parts = [data.windows(series, config["history"], days, config["horizon"], part) for part in ("fit", "choose")]
    for (rows, _), what in zip(parts, ("learn from", "choose by")):
        if len(rows) < LEAST:
            raise SystemExit(f"{data.tm_path(folder, config['data'])}: {len(series.times)} TMs up to {split[1]:.0%} of the file have {len(rows)} windows to "
                             f"{what} (with the {config['history']} TMs before them, {config['horizon']} after), fewer than {LEAST}: too few TMs, or "
                             "the split leaves too few")
    return series, data.frame_lags(config["history"], days), parts[0], parts[1]
