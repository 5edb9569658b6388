"""From past TMs to what the networks see: the twin of module/predict/tm_image.c, number by number.

A window has F = D + L frames in time order: D of yesterday around the target's time, then the L last ones. Every
quantity below is homogeneous of degree 0 or 1 in the TMs, so that forecasts are equivariant to a common factor:

    level    = mean total of the L last frames (1 bit/s when all are empty)
    scale    = max(share * level, mean of the OD pair over the L last frames)         bit/s
    image    = asinh(x / scale), its first and its second difference along each group of frames (D and L)
    spread   = mean |x_k - x_(k-1)| over the L last frames + calm * scale             bit/s
    base_h   = max(0, x_now + sum_f w_hf (x_f - x_now))                                bit/s
    residual z_h = asinh((y_h - base_h) / (reach_h * spread)) / width_h

share, calm, w, reach and width are per OD pair and come from the fitting data alone (class Scaling).
"""
from dataclasses import dataclass

import numpy as np

FEATURES = 9
DAY = 86400
WEEK = 7 * DAY


@dataclass
class Scaling:
    """Constants per OD pair, fitted once: share, calm [N, N]; weights [H, N, N, F]; reach, width [H, N, N];
    `limit` bounds |z| of a generated sample."""
    share: np.ndarray
    calm: np.ndarray
    weights: np.ndarray
    reach: np.ndarray
    width: np.ndarray
    limit: float


@dataclass
class Window:
    """What tm_image gives for B windows."""
    images: np.ndarray    # float32 [B, F, 3, N, N]
    features: np.ndarray  # float32 [B, F + 1, 9]
    context: np.ndarray   # float32 [B, H + 1, N, N]
    base: np.ndarray      # float64 [B, H, N, N], bit/s
    spread: np.ndarray    # float64 [B, N, N], bit/s
    scale: np.ndarray     # float64 [B, N, N], bit/s


def fill_rows(rows, history):
    """Absent rows (-1) of [B, F] replaced: one of the L last by the nearest earlier one of them, else the nearest
    later; one of yesterday by the newest frame. Returns the rows and which were present."""
    present = rows >= 0
    filled = rows.copy()
    first = rows.shape[1] - history
    for column in range(first + 1, rows.shape[1]):
        gap = filled[:, column] < 0
        filled[gap, column] = filled[gap, column - 1]
    for column in range(rows.shape[1] - 2, first - 1, -1):
        gap = filled[:, column] < 0
        filled[gap, column] = filled[gap, column + 1]
    for column in range(first):
        gap = filled[:, column] < 0
        filled[gap, column] = filled[gap, -1]
    return filled, present


def differences(values):
    """First differences along axis 1 with the frame before the first taken as the first itself."""
    return np.diff(values, axis=1, prepend=values[:, :1])


def measure(frames, history, share):
    """level [B], scale [B, N, N] and mean absolute change [B, N, N] of frames [B, F, N, N]."""
    last = frames[:, -history:]
    level = last.sum((2, 3)).mean(1)
    level = np.where(level > 0, level, 1.0)
    scale = np.maximum(share * level[:, None, None], last.mean(1))
    return level, scale, np.abs(np.diff(last, axis=1)).mean(1)


def image_channels(frames, history, scale):
    """[B, F, 3, N, N]: intensity, trend, acceleration. Empty where the scale is (the diagonal)."""
    safe = np.where(scale > 0, scale, 1.0)
    intensity = np.arcsinh(frames / safe[:, None])
    groups = []
    for part in (intensity[:, :-history], intensity[:, -history:]):
        trend = differences(part) if part.shape[1] else part
        acceleration = differences(trend) if part.shape[1] else part
        groups.append(np.stack([part, trend, acceleration], axis=2))
    return np.concatenate(groups, axis=1)


def clock(times):
    """Six features of times [...]: sine and cosine of the day, of half the day and of the week."""
    day, week = 2 * np.pi * (times % DAY) / DAY, 2 * np.pi * (times % WEEK) / WEEK
    return np.stack([np.sin(day), np.cos(day), np.sin(2 * day), np.cos(2 * day), np.sin(week), np.cos(week)], -1)


def frame_features(frames, present, now, lags, step, level, history):
    """[B, F + 1, 9]: present, is of yesterday, log of total over level, clock; the last row is the first target's."""
    total = np.maximum(frames.sum((2, 3)) / level[:, None], 1e-3)
    yesterday = np.broadcast_to(np.arange(len(lags)) < len(lags) - history, present.shape)
    own = np.stack([present.astype(float), yesterday.astype(float), np.log(total)], -1)
    own = np.concatenate([own, np.zeros_like(own[:, :1])], 1)
    times = now[:, None] - np.append(lags, -1) * step
    return np.concatenate([own, clock(times)], -1)


def base_forecast(frames, weights):
    """[B, H, N, N]: the newest frame plus the weighted deviations of the others from it, not below 0."""
    now = frames[:, -1]
    return np.maximum(now[:, None] + np.einsum("bfij,hijf->bhij", frames - now[:, None], weights), 0.0)


def make_window(frames, present, now, lags, step, history, scaling):
    """Window of filled frames [B, F, N, N] in bit/s at times now [B] (seconds)."""
    level, scale, change = measure(frames, history, scaling.share)
    spread = change + scaling.calm * scale
    base = base_forecast(frames, scaling.weights)
    safe = np.where(scale > 0, scale, 1.0)
    context = np.arcsinh(np.concatenate([base, spread[:, None]], 1) / safe[:, None])
    return Window(image_channels(frames, history, scale).astype(np.float32),
                  frame_features(frames, present, now, lags, step, level, history).astype(np.float32),
                  context.astype(np.float32), base, spread, scale)


def residual(truth, window, scaling):
    """z [B, H, N, N] of truths [B, H, N, N] in bit/s; 0 on the diagonal."""
    reach = scaling.reach * window.spread[:, None]
    z = np.arcsinh((truth - window.base) / np.where(reach > 0, reach, 1.0)) / scaling.width
    return np.where(reach > 0, np.clip(z, -scaling.limit, scaling.limit), 0.0)


def restore(z, window, scaling):
    """The inverse of `residual`: TMs in bit/s, not below 0, of z [..., B, H, N, N]."""
    reach = scaling.reach * window.spread[:, None]
    return np.maximum(window.base + reach * np.sinh(scaling.width * z), 0.0)
