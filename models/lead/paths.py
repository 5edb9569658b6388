"""Paths that samples start from: the twin of module/predict/lead/sampling/paths.c.

The bank holds, for some windows of the fitting part, evenly spaced in time, the normal scores of the truth at every step
and OD pair under a base forecast that had not seen them (models/crossfit.py). A sample takes one of these windows, drawn
from its own share of the time, and all are made even in every cell, in their own order (the Schaake shuffle; Clark et al.
2004). So few samples show a cell's whole distribution, and how steps and pairs go together comes from the past.
"""
import math

import numpy as np

from models.lead.diffusion import philox
from models.lead.normal_score import LIMIT, normal_cdf, normal_quantile

UNITS = 40  # of a bank's numbers, in a normal score
SMOOTH, OTHERS_SMOOTH = 0.1, 0.2  # of a bank that models.export writes, and of one of other networks' paths; see smoothed
MOST = 127  # of 1 / UNITS: how far out make_even tells places apart; a bank ends there, too, once smoothed
ROWS, COLUMNS, RESTS = 1 << 40, 2 << 40, 3 << 40  # first counters of random numbers


def even_scores(count):
    """float32 [count, 2 MOST + 1]: what the k-th smallest of `count` numbers becomes that are about standard normal. Its interval
    is the k-th of `count` equally likely ones; where in there is the probability that more than k of so many independent standard
    normal numbers are below it, which is uniform then (an order statistic's distribution, a beta)."""
    k = np.arange(count)[:, None]
    p = normal_cdf(np.arange(-MOST, MOST + 1) / UNITS)
    choose = np.array([math.lgamma(count + 1) - math.lgamma(j + 1) - math.lgamma(count - j + 1) for j in range(1, count + 1)])[:, None]
    exactly = np.exp(choose + (k + 1) * np.log(p) + (count - k - 1) * np.log1p(-p))
    more = np.minimum(exactly[::-1].cumsum(0)[::-1], 1.0)
    return normal_quantile((k + more) / count).astype(np.float32)


def make_even(z):
    """float32 of z [S, ...], the normal scores of samples: in every cell one in each of S equally likely intervals, in their order.
    A number that is far out in its interval stays so: see even_scores."""
    order = np.argsort(z, axis=0, kind="stable")
    level = np.rint(np.clip(z.astype(np.float64) * UNITS, -MOST, MOST)).astype(int) + MOST
    rank = np.argsort(order, axis=0)
    return even_scores(len(z))[rank, level]


def reorder(z, order):
    """The numbers of every cell of z [S, ...] in the order that `order` has there."""
    found = np.empty_like(z)
    np.put_along_axis(found, np.argsort(order, axis=0, kind="stable"), np.sort(z, axis=0), axis=0)
    return found


def rows_of(seed, count, batch, length):
    """Windows [S, B] of a bank of `length`: sample s draws from the s-th of `count` equal parts."""
    words = philox(seed, batch * count, ROWS)[:, 0].reshape(batch, count).T
    place = (np.arange(count)[:, None] + (words + 0.5) / 2.0 ** 32) / count
    return np.minimum((place * length).astype(int), length - 1)


def columns_of(seed, pairs, paths):
    """Which of a bank's paths every pair [P] takes that has none of its own."""
    return (philox(seed, pairs, COLUMNS)[:, 0] % np.uint64(paths)).astype(int)


def rests_of(seed, count, batch, nodes):
    """[S, B, 1, N, N], -1/2..1/2: what the bank's rounding took, in 1 / UNITS, drawn once for a sample and pair. It decides which of
    equal ones is the larger, at all steps alike."""
    words = philox(seed, batch * nodes ** 2 * count, RESTS)[:, 0].reshape(batch, 1, nodes, nodes, count)
    return np.moveaxis((words + 0.5) / 2.0 ** 32 - 0.5, -1, 0)


def take(bank, seed, count, batch, nodes):
    """float32 [S, B, H, N, N]: the windows of the bank that `count` samples of each of B windows take; of a bank [W, H, Q] of
    other networks' paths those of columns_of."""
    if bank.ndim == 3:
        bank = bank[..., columns_of(seed, nodes ** 2, bank.shape[2])].reshape(*bank.shape[:2], nodes, nodes)
    taken = bank[rows_of(seed, count, batch, len(bank))]
    return ((taken + rests_of(seed, count, batch, nodes)) / UNITS).astype(np.float32)


def to_bank(z):
    """int8 [W, H, N, N] of normal scores z [W, H, N, N]."""
    return np.rint(np.clip(z, -LIMIT, LIMIT) * UNITS).astype(np.int8)


def smoothed(bank, share):
    """A bank int8 [W, H, ...] in which every number took `share` (0..1/3, in whole hundredths) from either neighbour among the steps, an
    end's missing one being itself, stretched to the mean square that the step had. A smoothed bootstrap (Silverman and Young 1987), along
    time: the residuals are those of smaller base forecasts, whose noise makes paths rougher than the truth's. Whole numbers all the way but
    for one factor a step, so that C comes to the same."""
    percent = round(100 * share)
    if percent == 0:
        return bank
    z = bank.astype(np.int64)
    near = np.concatenate([z[:, :1], z, z[:, -1:]], 1)
    raised = percent * (near[:, :-2] + near[:, 2:]) + (100 - 2 * percent) * z
    over = tuple(axis for axis in range(z.ndim) if axis != 1)
    before, after = (z ** 2).sum(over), (raised ** 2).sum(over)
    factor = np.sqrt(before / np.maximum(after, 1)).reshape(-1, *(1,) * (z.ndim - 2))
    return np.clip(np.rint(raised * factor), -MOST, MOST).astype(np.int8)


def even(z, rng):
    """The normal scores of the ranks of z [W, ...] in every cell, equal ones in random order."""
    order = np.lexsort((rng.random(z.shape), z), axis=0)
    rank = np.argsort(order, axis=0)
    return normal_quantile((rank + 0.5) / len(z))
