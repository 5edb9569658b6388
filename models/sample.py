"""Samples and scores of a model over many windows, and the reference forecasts on the same windows."""
import numpy as np
import torch

from models import data, fit_scaling, scores
from models.lead import diffusion, tm_image
from models.lead.model import day_lags

CHUNK = 24


def make_windows(series, rows, history, lags, scaling):
    """Window of rows [B, F] of a series (absent ones filled)."""
    filled, present = tm_image.fill_rows(rows, history)
    return tm_image.make_window(series.tms[filled], present, series.times[filled[:, -1]], lags, series.step, history,
                                scaling)


def tensors(window):
    return (torch.from_numpy(window.images), torch.from_numpy(window.features), torch.from_numpy(window.context))


@torch.no_grad()
def sample_window(model, window, config, scaling, count, steps, seed):
    """TMs [S, B, H, N, N] in bit/s: `count` samples of each window of a batch."""
    g, c, spatial = model.conditions(*tensors(window))
    batch, horizon, nodes = window.base.shape[:3]
    shape = (count * batch, horizon, nodes, nodes)
    x = torch.from_numpy(diffusion.normal(seed, int(np.prod(shape)))).view(shape)
    again = [tensor.repeat((count,) + (1,) * (tensor.dim() - 1)) for tensor in (g, c, spatial)]
    z = diffusion.ddim(lambda noisy, step: model.denoiser(noisy, step, *again), x, steps, config["prediction"],
                       scaling.limit)
    z = z.view(count, batch, horizon, nodes, nodes).double().numpy()
    return tm_image.restore(z, window, scaling)


def sample_all(model, series, rows, config, scaling, lags, count, steps, seed):
    """TMs [S, W, H, N, N] of all windows."""
    parts = []
    for start in range(0, len(rows), CHUNK):
        window = make_windows(series, rows[start:start + CHUNK], config["history"], lags, scaling)
        parts.append(sample_window(model, window, config, scaling, count, steps, seed + start))
    return np.concatenate(parts, axis=1)


def pick(rows, targets, count):
    """At most `count` windows, evenly spaced."""
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(int))
    return rows[chosen], targets[chosen]


def reference(series, fit, choose, history, share, count, lagged):
    """Samples [S, W, H, N, N] of the last value (`lagged` False) or of a ridge per OD pair on the `history` last
    frames, with quantiles of their own residuals over the fitting windows. fit, choose: (rows, targets)."""
    fit_rows, fit_targets = fit[0][:, -history:], fit[1]
    horizon, nodes = fit_targets.shape[1], len(series.nodes)
    weights = np.zeros((horizon, nodes, nodes, history))
    if lagged:
        weights = fit_scaling.ridge(series, fit_rows, fit_targets, history, share, 1e-3)

    def forecast(rows):
        frames = series.tms[rows[:, -history:]]
        scale = tm_image.measure(frames, history, share)[1]
        return tm_image.base_forecast(frames, weights), scale[:, None]

    few = pick(fit_rows, fit_targets, 4000)
    point, scale = forecast(few[0])
    relative = (series.tms[few[1]] - point) / np.where(scale > 0, scale, 1.0)
    point, scale = forecast(choose[0])
    return scores.quantile_samples(point, scale, relative, count)


def score_last_step(samples, series, targets):
    """Scores of samples [S, W, H, N, N] at the last forecast step."""
    return scores.score(samples[:, :, -1], series.tms[targets[:, -1]])


def show(name, found):
    return f"{name:<12}" + "".join(f"  {key} {value:.4f}" for key, value in found.items())


def prepare(config, folder):
    """Series, lags, windows of the fitting and the choosing part, and the fitted Scaling."""
    series = data.load(folder, config["data"])
    days = day_lags(config, series.step)
    parts = [data.windows(series, config["history"], days, config["horizon"], part) for part in ("fit", "choose")]
    scaling = fit_scaling.fit(series, *parts[0], config["history"])
    return series, data.frame_lags(config["history"], days), parts[0], parts[1], scaling
