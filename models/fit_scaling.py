"""The constants of models/lead/tm_image.py, fitted on the fitting part of a series; and the ridge behind `base`."""
import numpy as np

from models.lead import tm_image

SHARE_FLOOR = 0.02  # of an average OD pair's share: keeps sparse pairs from exploding
CALM_FLOOR = 0.01
REACH_FLOOR = 0.05
LIMIT_QUANTILE = 0.998  # chosen on validation: against 1, nrmse falls by a quarter and ncrps stays
CHUNK = 512


def chunks(count):
    return (slice(start, start + CHUNK) for start in range(0, count, CHUNK))


def shares(series):
    """Mean share [N, N] of every OD pair in the total over the fitting part, floored; 0 on the diagonal."""
    tms = series.tms[series.times < series.fit_until]
    share = (tms / tms.sum((1, 2), keepdims=True)).mean(0)
    n = share.shape[0]
    share = np.maximum(share, SHARE_FLOOR / (n * (n - 1)))
    np.fill_diagonal(share, 0.0)
    return share


def ridge(series, rows, targets, history, share, penalty):
    """weights [H, N, N, F] of least squares on deviations from the newest frame, each window over its level; the
    penalty is relative to the features' mean square."""
    n, frames, horizon = len(series.nodes), rows.shape[1], targets.shape[1]
    gram = np.zeros((n * n, frames, frames))
    moment = np.zeros((n * n, frames, horizon))
    for part in chunks(len(rows)):
        x = series.tms[rows[part]]
        level, _, _ = tm_image.measure(x, history, share)
        deviation = ((x - x[:, -1:]) / level[:, None, None, None]).reshape(len(x), frames, -1).transpose(2, 1, 0)
        change = (series.tms[targets[part]] - x[:, -1:]) / level[:, None, None, None]
        change = change.reshape(len(x), horizon, -1).transpose(2, 0, 1)
        gram += deviation @ deviation.transpose(0, 2, 1)
        moment += deviation @ change
    size = np.einsum("kii->k", gram) / frames
    gram += (penalty * size + 1e-30)[:, None, None] * np.eye(frames)
    return np.linalg.solve(gram, moment).transpose(2, 0, 1).reshape(horizon, n, n, frames)


def calm(series, rows, history, share):
    """Mean over windows of (mean absolute change / scale), [N, N]."""
    total = np.zeros_like(share)
    for part in chunks(len(rows)):
        _, scale, change = tm_image.measure(series.tms[rows[part]], history, share)
        total += (change / np.where(scale > 0, scale, 1.0)).sum(0)
    return np.maximum(total / len(rows), CALM_FLOOR)


def residual_constants(series, rows, targets, history, share, calm_share, weights):
    """reach = mean |residual| / spread, width = standard deviation of asinh(residual / (reach * spread)); [H, N, N].
    Also the bound of |z|: beyond it sinh makes bursts larger than any link, which ruins the samples' mean."""
    parts = []
    for part in chunks(len(rows)):
        x = series.tms[rows[part]]
        _, scale, change = tm_image.measure(x, history, share)
        spread = change + calm_share * scale
        error = series.tms[targets[part]] - tm_image.base_forecast(x, weights)
        parts.append((error / np.where(spread > 0, spread, 1.0)[:, None]).astype(np.float32))
    ratio = np.concatenate(parts)
    reach = np.maximum(np.abs(ratio).mean(0, dtype=np.float64), REACH_FLOOR)
    bent = np.arcsinh(ratio / reach)
    width = np.maximum(np.sqrt((bent.astype(np.float64) ** 2).mean(0)), 0.1)
    away = ~np.eye(ratio.shape[-1], dtype=bool)
    return reach, width, float(np.quantile(np.abs(bent / width)[..., away], LIMIT_QUANTILE))


def fit(series, rows, targets, history, penalty=1e-3):
    """Scaling of windows rows [W, F] (absent ones filled), targets [W, H] of the fitting part."""
    rows, _ = tm_image.fill_rows(rows, history)
    share = shares(series)
    weights = ridge(series, rows, targets, history, share, penalty)
    calm_share = calm(series, rows, history, share)
    reach, width, limit = residual_constants(series, rows, targets, history, share, calm_share, weights)
    return tm_image.Scaling(share, calm_share, weights, reach, width, limit)
