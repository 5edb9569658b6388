"""What a window knows of longer times than its frames: mean TMs over spans of the past, and their quadratic means, which
say how much a pair bursts. The twin of module/predict/lead/window/spans.c.

A span (from, until, power) holds the TMs that lie from..until - 1 steps before the newest one; its value is the mean of
their powers, to 1 / power, over those that are there. It is known when at least half of them are.
"""
import numpy as np

DAYS = (2, 3, 7)  # whose time of day around the targets is looked at
BLOCK = 5  # targets whose values of such a day are averaged
LEVELS = (4, 12, 24, 48, 72, 168)  # hours
BURSTS = (24, 168)  # hours of the quadratic means
DAY, HOUR = 86400, 3600
SHARE_FLOOR = 0.02  # of an average OD pair's share: keeps sparse pairs from exploding
RULE = {"days": DAYS, "block": BLOCK, "levels": LEVELS, "bursts": BURSTS}  # as a manifest says it


def blocks(horizon):
    """Blocks of BLOCK targets each, and the one before the first target."""
    return -(-horizon // BLOCK) + 1


def count(horizon):
    """G: how many spans spans_of gives."""
    return len(DAYS) * blocks(horizon) + len(LEVELS) + len(BURSTS)


def spans_of(step, horizon):
    """[(from, until, power)] for TMs `step` seconds apart."""
    made = []
    for day in DAYS:
        now = day * DAY // step
        for block in range(blocks(horizon)):
            last = block * BLOCK  # of the block's targets; 0: the newest frame's time of day
            made.append((max(now - last, 0), max(now - last + BLOCK, 1), 1))
    made += [(0, max(hours * HOUR // step, 1), 1) for hours in LEVELS]
    return made + [(0, max(hours * HOUR // step, 1), 2) for hours in BURSTS]


def day_rows(horizon):
    """Of every day and step ahead: which span holds its time of day, [len(DAYS)][H]."""
    return [[day * blocks(horizon) + 1 + step // BLOCK for step in range(horizon)] for day in range(len(DAYS))]


def level_row(horizon, hours):
    """Which span is the mean of the last `hours`."""
    return len(DAYS) * blocks(horizon) + LEVELS.index(hours)


class Sums:
    """Running sums of a series' powers over its grid of times, so that a span costs two rows."""

    def __init__(self, times, tms, step, powers=(1, 2)):
        at = (times - times[0]) // step
        self.first, self.step, self.length = times[0], step, int(at[-1]) + 1
        self.count = self.running(at, np.ones(len(at)))
        self.sums = {power: self.running(at, tms ** power) for power in powers}

    def running(self, at, values):
        """[T + 1, ...]: the sum of the values before each place of the grid."""
        total = np.zeros((self.length + 1, *values.shape[1:]))
        total[at + 1] = values
        return np.cumsum(total, axis=0, out=total)

    def mean(self, now, span):
        """The value [B, N, N] of a span seen from times [B], in bit/s, and how many TMs are there [B]."""
        start, until, power = span
        place = ((now - self.first) // self.step).astype(int)
        low, high = (np.clip(place - lag + 1, 0, self.length) for lag in (until, start))
        present = self.count[high] - self.count[low]
        total = np.maximum(self.sums[power][high] - self.sums[power][low], 0.0)
        return (total / np.maximum(present, 1.0)[:, None, None]) ** (1 / power), present

    def at(self, now, spans):
        """Values [B, G, N, N] in bit/s of spans seen from times [B], and whether they are known [B, G]."""
        found = [self.mean(now, span) for span in spans]
        known = [2 * present >= until - start for (_, present), (start, until, _) in zip(found, spans)]
        return np.stack([values for values, _ in found], 1), np.stack(known, 1)

    def shares(self, now):
        """[B, N, N]: every OD pair's share in the total of the last week before times [B], floored; 0 on the diagonal."""
        week, _ = self.mean(now, (0, max(7 * DAY // self.step, 1), 1))
        total = week.sum((1, 2), keepdims=True)
        nodes = week.shape[1]
        share = np.maximum(week / np.where(total > 0, total, 1.0), SHARE_FLOOR / (nodes * (nodes - 1)))
        return share * ~np.eye(nodes, dtype=bool)
