"""Forecast scores over OD pairs and windows, as module/predict/scores.c defines them, and the reference forecasts."""
import numpy as np


def fair_crps(samples, truth):
    """CRPS by the unbiased estimator (Ferro 2014): samples [S, ...], truth [...]."""
    count = samples.shape[0]
    ordered = np.sort(samples, axis=0)
    rank = (2 * np.arange(1, count + 1) - count - 1).reshape((-1,) + (1,) * truth.ndim)
    between = (rank * ordered).sum(0) / (count * (count - 1))
    return np.abs(samples - truth).mean(0) - between


def score(samples, truth):
    """Scores of samples [S, W, N, N] against truth [W, N, N], both bit/s with empty diagonals.

    The collapse ratio is the samples' spread over the spread of the truth about their mean (1 when calibrated): the
    median over OD pairs, and over all OD pairs in raw units, which a few bursts of large OD pairs decide."""
    away = ~np.eye(truth.shape[-1], dtype=bool)
    samples, truth = samples[..., away], truth[..., away]
    mean, middle = samples.mean(0), np.median(samples, 0)
    low, high = np.quantile(samples, [0.05, 0.95], axis=0, method="weibull")  # unbiased coverage for few samples
    error = truth - mean
    spread = samples.var(0, ddof=1) * (1 + 1 / len(samples))
    each = np.sqrt(spread.sum(0) / np.maximum((error ** 2).sum(0), 1e-30))
    return {
        "nrmse": float(np.sqrt((error ** 2).sum() / (truth ** 2).sum())),
        "nmae": float(np.abs(truth - middle).sum() / truth.sum()),
        "ncrps": float(fair_crps(samples, truth).sum() / truth.sum()),
        "coverage_90": float(((truth >= low) & (truth <= high)).mean()),
        "collapse_ratio": float(np.median(each)),
        "collapse_raw": float(np.sqrt(spread.sum() / (error ** 2).sum())),
    }


def quantile_samples(point, scale, relative, count):
    """Samples [S, W, N, N]: the point forecast plus quantiles of relative residuals [V, N, N] per OD pair."""
    levels = (np.arange(count) + 0.5) / count
    steps = np.quantile(relative, levels, axis=0)
    return np.maximum(point + scale * steps[:, None], 0.0)
