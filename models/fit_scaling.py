"""What is fitted in closed form on the fitting part of a series: the shares of models/lead/tm_image.py, the ridge and
the experts' stack, the features' means and the calm of models/lead/base.py."""
import numpy as np
import torch

from models import sample
from models.lead import spans, tm_image

CALM_FLOOR = 0.01
PENALTY = 0.1  # of the features' mean square; chosen on the choosing part: 1e-3 follows single spikes
STACKED = 0.6  # part of the windows that the ridge is fitted on when the stack is fitted on the others
CHUNK = 128
FEATURE_WINDOWS = 100  # that the features are standardised by
DEVIATION_FLOOR = 0.05


def chunks(count):
    return (slice(start, start + CHUNK) for start in range(0, count, CHUNK))


def shares(series):
    """Mean share [N, N] of every OD pair in the total over the fitting part, floored; 0 on the diagonal."""
    tms = series.tms[series.times < series.fit_until]
    total = tms.sum((1, 2), keepdims=True)
    share = (tms / np.where(total > 0, total, 1.0)).sum(0) / max((total > 0).sum(), 1)  # empty TMs have no shares
    n = share.shape[0]
    share = np.maximum(share, spans.SHARE_FLOOR / (n * (n - 1)))
    np.fill_diagonal(share, 0.0)
    return share


def ridge(series, rows, targets, history, share, penalty=PENALTY):
    """weights [H, N, N, F] of least squares on deviations from the newest frame, each window over its level; the
    penalty is relative to the features' mean square."""
    n, frames, horizon = len(series.nodes), rows.shape[1], targets.shape[1]
    gram = np.zeros((n * n, frames, frames))
    moment = np.zeros((n * n, frames, horizon))
    for part in chunks(len(rows)):
        x = series.tms[rows[part]]
        level, _ = tm_image.measure(x, history, share)
        deviation = ((x - x[:, -1:]) / level[:, None, None, None]).reshape(len(x), frames, -1).transpose(2, 1, 0)
        change = (series.tms[targets[part]] - x[:, -1:]) / level[:, None, None, None]
        change = change.reshape(len(x), horizon, -1).transpose(2, 0, 1)
        gram += deviation @ deviation.transpose(0, 2, 1)
        moment += deviation @ change
    size = np.einsum("kii->k", gram) / frames
    gram += (penalty * size + 1e-30)[:, None, None] * np.eye(frames)
    return np.linalg.solve(gram, moment).transpose(2, 0, 1).reshape(horizon, n, n, frames)


def shared_ridge(sources, windows, penalty=PENALTY):
    """weights [H, F] of least squares over the scale that all pairs of all sources share, `windows` of each source; a pair
    counts by its size."""
    gram, moment = 0.0, 0.0
    for source in sources:
        rows, targets = sample.pick(*source.fit, windows)
        for part in chunks(len(rows)):
            window = sample.make_windows(source.series, rows[part], source.history, source.lags, source.given, source.spans)
            y = sample.relative_to(window, source.series.tms[targets[part]])
            deviation, change = window.relative - window.relative[:, -1:], y - window.relative[:, -1:]
            gram = gram + np.einsum("bfij,bgij,bij->fg", deviation, deviation, window.size, optimize=True)
            moment = moment + np.einsum("bfij,bhij,bij->hf", deviation, change, window.size, optimize=True)
    frames = len(gram)
    gram = gram + (penalty * np.trace(gram) / frames + 1e-30) * np.eye(frames)
    return np.linalg.solve(gram, moment.T).T


def change_over_scale(frames, history, scale):
    """[B, N, N]: mean absolute change over the last frames, over the scale."""
    return np.abs(np.diff(frames[:, -history:], axis=1)).mean(1) / np.where(scale > 0, scale, 1.0)


def calm(series, rows, history, share):
    """Mean over windows of (mean absolute change / scale), [N, N]."""
    total = np.zeros_like(share)
    for part in chunks(len(rows)):
        frames = series.tms[rows[part]]
        total += change_over_scale(frames, history, tm_image.measure(frames, history, share)[1]).sum(0)
    return np.maximum(total / len(rows), CALM_FLOOR)


def fit_calm(network, series, rows, share):
    """Fills the buffer `calm` of a network from windows rows [W, F] (absent ones filled)."""
    network.calm.copy_(torch.from_numpy(calm(series, rows, network.history, share)))


def not_negative(gram, moment):
    """Weights w >= 0 of least w gram w / 2 - moment w, by coordinate descent (the diagonal of gram is positive)."""
    w = np.zeros(len(moment))
    for _ in range(1000):
        for i in range(len(w)):
            w[i] = max(0.0, w[i] + (moment[i] - gram[i] @ w) / gram[i, i])
    return w


def see(base, window):
    """Raw features [B, N N, C] and experts [B, N N, H, EXPERTS] of all pairs of a window."""
    relative, features, long, known, size = sample.base_inputs(window)
    pairs = torch.arange(size[0].numel()).expand(len(size), -1)
    return base.pairs.see(relative, features, long, known, size, base.ridge(relative), pairs)


def stack(base, series, rows, targets, lags, share):
    """Weights [H, EXPERTS] of the experts' least squares, each window over its level: not negative, and of sum 1, since a
    few bursts, which do not last, would otherwise shrink all forecasts."""
    count, horizon = base.steer.stack.size(1), targets.shape[1]
    longer = spans.spans_of(series.step, horizon)
    gram, moment = np.zeros((horizon, count, count)), np.zeros((horizon, count))
    for part in chunks(len(rows)):
        window = sample.make_windows(series, rows[part], base.pairs.see.history, lags, share, longer)
        given = see(base, window)[1].double() * torch.from_numpy(window.size).flatten(1)[:, :, None, None]
        y = torch.from_numpy(series.tms[targets[part]] / window.level[:, None, None, None]).flatten(2)
        gram += torch.einsum("bphe,bphf->hef", given, given).numpy()
        moment += torch.einsum("bphe,bhp->he", given, y).numpy()
    weights = np.stack([not_negative(g, m) for g, m in zip(gram, moment)])
    return weights / weights.sum(1, keepdims=True)


def set_ridge(base, series, rows, targets, share):
    weights = ridge(series, rows, targets, base.pairs.see.history, share)
    base.ridge.weights.copy_(torch.from_numpy(weights.transpose(0, 3, 1, 2)))


def features_of(base, series, rows, lags, share):
    """Raw features [., C] of the pairs off the diagonal of windows rows [W, F]."""
    window = sample.make_windows(series, rows, base.pairs.see.history, lags, share, spans.spans_of(series.step, base.horizon))
    away = ~np.eye(len(series.nodes), dtype=bool).ravel()
    return see(base, window)[0][:, torch.from_numpy(away)].flatten(0, 1)


def fit_features(base, seen):
    """Fills the buffers by which a BaseForecast standardises its features, from raw ones [., C]."""
    base.pairs.mean.copy_(seen.mean(0))
    base.pairs.deviation.copy_(seen.std(0).clamp(min=DEVIATION_FLOOR))


def fit_base(base, series, rows, targets, lags, share):
    """Fills the buffers of a BaseForecast from windows rows [W, F] (absent ones filled), targets [W, H]. The stack is of
    a ridge that has not seen the windows it is fitted on (Wolpert 1992); else the ridge would take all weight."""
    early = int(STACKED * len(rows))
    if base.steer.way > 0:
        set_ridge(base, series, rows[:early], targets[:early], share)
        base.steer.stack.copy_(torch.from_numpy(stack(base, series, rows[early:], targets[early:], lags, share)))
    set_ridge(base, series, rows, targets, share)
    fit_features(base, features_of(base, series, rows[np.linspace(0, len(rows) - 1, FEATURE_WINDOWS).astype(int)], lags, share))
