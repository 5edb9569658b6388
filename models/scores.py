"""Scores over OD pairs and windows, as module/predict/scores.c and evaluation.c define them for LEAD.

All samples here are even: those of an OD pair at a step lie one in each of equally likely intervals, further apart than
random ones. module/predict/scores.h says what follows.
"""
import numpy as np

NAMES = ("nrmse", "nmae", "ncrps", "crps_sum", "energy", "coverage_90", "collapse")


def even(count):
    """Divisor of the mean distance of `count` even samples, beside `count` itself."""
    return count


def even_sums(count):
    """The same for sums, or vectors, of many even ones in orders of their own."""
    return np.sqrt(count * (count - 1))


def crps(samples, truth, others):
    """CRPS [...] of samples [S, ...] and truth [...]; `others`: even or even_sums."""
    count = samples.shape[0]
    ordered = np.sort(samples, axis=0)
    rank = (2 * np.arange(1, count + 1) - count - 1).reshape((-1,) + (1,) * truth.ndim)
    return np.abs(samples - truth).mean(0) - (rank * ordered).sum(0) / (count * others(count))


def energy(samples, truth):
    """Energy score [W] of samples [S, W, P] and truth [W, P]; O(S^2 W P)."""
    count = len(samples)
    away = np.linalg.norm(samples - truth, axis=-1).mean(0)
    apart = sum(np.linalg.norm(samples[k + 1:] - samples[k], axis=-1).sum(0) for k in range(count - 1))
    return away - apart / (count * even_sums(count))


def score(samples, truth):
    """Scores of samples [S, W, N, N] against truth [W, N, N], both bit/s with empty diagonals.

    collapse is the samples' spread over the spread of the truth about their mean (1 when calibrated), the median
    over OD pairs."""
    away = ~np.eye(truth.shape[-1], dtype=bool)
    samples, truth = samples[..., away], truth[..., away]
    mean, middle = samples.mean(0), np.median(samples, 0)
    low, high = np.quantile(samples, [0.05, 0.95], axis=0, method="hazen")
    error = truth - mean
    spread = samples.var(0, ddof=1) * (1 + 1 / len(samples))
    each = np.sqrt(spread.sum(0) / np.maximum((error ** 2).sum(0), 1e-30))
    return {
        "nrmse": float(np.sqrt((error ** 2).sum() / (truth ** 2).sum())),
        "nmae": float(np.abs(truth - middle).sum() / truth.sum()),
        "ncrps": float(crps(samples, truth, even).sum() / truth.sum()),
        "crps_sum": float(crps(samples.sum(-1), truth.sum(-1), even_sums).sum() / truth.sum()),
        "energy": float(energy(samples, truth).sum() / np.linalg.norm(truth, axis=-1).sum()),
        "coverage_90": float(((truth >= low) & (truth <= high)).mean()),
        "collapse": float(np.median(each)),
    }


def score_path(samples, truth):
    """Scores of whole paths, samples [S, W, H, N, N] against truth [W, H, N, N]: what single steps do not show.

    path_energy: energy score of all steps together; max_crps: CRPS of each OD pair's largest value on the way;
    roughness: mean change from step to step over that of the truth."""
    away = ~np.eye(truth.shape[-1], dtype=bool)
    samples, truth = samples[..., away], truth[..., away]
    flat, true_flat = samples.reshape(*samples.shape[:2], -1), truth.reshape(len(truth), -1)
    most, true_most = samples.max(2), truth.max(1)
    changes = np.abs(np.diff(samples, axis=2)).mean(), np.abs(np.diff(truth, axis=1)).mean()
    return {
        "path_energy": float(energy(flat, true_flat).sum() / np.linalg.norm(true_flat, axis=-1).sum()),
        "max_crps": float(crps(most, true_most, even_sums).sum() / true_most.sum()),
        "roughness": float(changes[0] / changes[1]),
    }
