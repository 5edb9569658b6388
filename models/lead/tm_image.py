"""From past TMs to what the networks see: the twin of module/predict/lead/window/tm_image.c, number by number.

A window has F = D + L frames in time order: D of yesterday around the targets' times, then the L last ones. Every
quantity below is homogeneous of degree 0 or 1 in the TMs, so that forecasts are equivariant to a common factor:

    level    = mean total of the L last frames (1 bit/s when all are empty)
    scale    = max(share * level, mean of the OD pair over the L last frames)         bit/s
    relative = x / scale
    image    = asinh(relative), its first and its second difference along each group of frames (D and L)

share is per OD pair and comes from the fitting data alone. Of longer times a window has the values of spans over the
scale (models/lead/spans.py; where one is not known, the mean of the L last frames), and of each pair its size = scale /
level. What is generated are normal scores: see models/lead/normal_score.py.
"""
from dataclasses import dataclass

import numpy as np

FEATURES = 9
CLOCK = 6  # of them a time's, the last ones
DAY = 86400
WEEK = 7 * DAY


@dataclass
class Window:
    """What tm_image gives for B windows."""
    images: np.ndarray    # float32 [B, F, 3, N, N]
    features: np.ndarray  # float32 [B, F + 1, 9]
    relative: np.ndarray  # float32 [B, F, N, N]
    spans: np.ndarray     # float32 [B, G, N, N], over the scale
    known: np.ndarray     # float32 [B, G], 1 or 0
    size: np.ndarray      # float32 [B, N, N], scale over level
    scale: np.ndarray     # float64 [B, N, N], bit/s
    level: np.ndarray     # float64 [B], bit/s


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
    """level [B] and scale [B, N, N] of frames [B, F, N, N]."""
    last = frames[:, -history:]
    level = last.sum((2, 3)).mean(1)
    level = np.where(level > 0, level, 1.0)
    return level, np.maximum(share * level[:, None, None], last.mean(1))


def image_channels(relative, history):
    """[B, F, 3, N, N]: intensity, trend, acceleration."""
    intensity = np.arcsinh(relative)
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


def long_ago(spans, known, last, scale):
    """Spans [B, G, N, N] in bit/s over the scale; in the place of unknown ones the mean of the last frames."""
    values = np.where(known[..., None, None], spans, last.mean(1)[:, None])
    return values / np.where(scale > 0, scale, 1.0)[:, None]


def make_window(frames, present, long, now, lags, step, history, share):
    """Window of filled frames [B, F, N, N] in bit/s at times now [B] (seconds); `long`: spans and which are known, as
    spans.Sums.at gives them."""
    level, scale = measure(frames, history, share)
    relative = frames / np.where(scale > 0, scale, 1.0)[:, None]
    spans, known = long
    return Window(image_channels(relative, history).astype(np.float32),
                  frame_features(frames, present, now, lags, step, level, history).astype(np.float32),
                  relative.astype(np.float32),
                  long_ago(spans, known, frames[:, -history:], scale).astype(np.float32), known.astype(np.float32),
                  (scale / level[:, None, None]).astype(np.float32), scale, level)
