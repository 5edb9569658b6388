"""Between TMs and what is diffused: the twin of module/predict/lead/sampling/normal_score.c.

The base forecast gives every OD pair and step K quantiles of y / scale. Read as a piecewise linear function Q of
normal scores, with its knots at Phi^-1 of the quantiles' levels and its outer pieces going on, it turns a standard
normal z into y = scale * max(0, Q(z)), and y back into z. Were the base forecast perfect and the pairs and steps
independent, z would be white noise. How pairs and steps go together is what models/lead/paths.py starts samples from, and
what the diffusion model learns.
"""
from dataclasses import dataclass

import numpy as np
import torch

LEVELS = (0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.995)
LIMIT = 3.0  # bound of |z|: a standard normal number is beyond it in 1 of 370 cases
CEILING = 2.0  # no OD pair carries more than this many times the network's mean total of the last frames


def normal_quantile(p):
    """Phi^-1 of probabilities, float64."""
    return torch.special.ndtri(torch.as_tensor(np.asarray(p, dtype=np.float64))).numpy()


def normal_cdf(z):
    """Phi of normal scores, float64."""
    return torch.special.ndtr(torch.as_tensor(np.asarray(z, dtype=np.float64))).numpy()


KNOTS = normal_quantile(LEVELS)


def mean_weights():
    """Weights [K] by which quantiles at KNOTS give the mean of their piecewise linear Q under a standard normal z bounded
    by LIMIT (midpoint rule over equally likely intervals)."""
    z = np.clip(normal_quantile((np.arange(100000) + 0.5) / 100000), -LIMIT, LIMIT)
    piece = np.clip(np.searchsorted(KNOTS, z, side="right") - 1, 0, len(KNOTS) - 2)
    along = (z - KNOTS[piece]) / (KNOTS[piece + 1] - KNOTS[piece])
    return (np.bincount(piece, 1 - along, len(KNOTS)) + np.bincount(piece + 1, along, len(KNOTS))) / len(z)


@dataclass
class Scaling:
    """Constants of a model: share [N, N] of each OD pair in the total (see tm_image); bank int8 [W, H, N, N] of
    models/lead/paths.py, which `smooth` smooths; calibration [B, H, 2]: z becomes shift + stretch z at each step, by the load: `loads` [B - 1] bit/s part the window's level
    into B ranges."""
    share: np.ndarray
    bank: np.ndarray
    loads: np.ndarray
    calibration: np.ndarray
    smooth: float = 0.0


def uncalibrated(share, bank, smooth=0.0):
    """A Scaling that leaves z as it is."""
    return Scaling(share, bank, np.empty(0), np.tile([0.0, 1.0], (1, bank.shape[1], 1)), smooth)


def calibrate(z, level, scaling):
    """z [S, B, H, N, N] shifted and stretched as the level [B] of each window says."""
    shift, stretch = np.moveaxis(scaling.calibration[np.searchsorted(scaling.loads, level, side="right")], -1, 0)
    return shift[..., None, None] + stretch[..., None, None] * z


def restore(z, quantiles):
    """y / scale, not below 0, of z [S, B, H, N, N] under quantiles [B, H, K, N, N]."""
    z = np.clip(z, -LIMIT, LIMIT)
    piece = np.clip(np.searchsorted(KNOTS, z, side="right") - 1, 0, len(KNOTS) - 2)
    low = np.take_along_axis(quantiles, piece.transpose(1, 2, 0, 3, 4), axis=2).transpose(2, 0, 1, 3, 4)
    high = np.take_along_axis(quantiles, piece.transpose(1, 2, 0, 3, 4) + 1, axis=2).transpose(2, 0, 1, 3, 4)
    along = (z - KNOTS[piece]) / (KNOTS[piece + 1] - KNOTS[piece])
    return np.maximum(low + along * (high - low), 0.0)


def score_of(y, quantiles):
    """z [B, H, N, N] with restore(z) = y / scale: the inverse, |z| <= LIMIT. Where `y` is 0 the answer is the highest
    such z."""
    piece = np.clip((quantiles <= y[:, :, None]).sum(2) - 1, 0, len(KNOTS) - 2)[:, :, None]
    low = np.take_along_axis(quantiles, piece, axis=2)[:, :, 0]
    high = np.take_along_axis(quantiles, piece + 1, axis=2)[:, :, 0]
    at = piece[:, :, 0]
    along = (y - low) / np.maximum(high - low, 1e-12)
    return np.clip(KNOTS[at] + along * (KNOTS[at + 1] - KNOTS[at]), -LIMIT, LIMIT)


def random_score_of(y, quantiles, rng):
    """Like score_of, but a y of 0, which many z give, draws one of them: so z of calibrated forecasts is normal."""
    z = score_of(y, quantiles)
    empty = y <= 0
    z[empty] = normal_quantile(np.maximum(rng.random(int(empty.sum())), 1e-6) * normal_cdf(z[empty]))
    return np.clip(z, -LIMIT, LIMIT)
