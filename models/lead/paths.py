"""Paths that samples start from: the twin of module/predict/lead/sampling/paths.c.

The bank holds, for some windows of the fitting part, evenly spaced in time, the normal scores of the truth at every step
and OD pair under a base forecast that had not seen them (models/crossfit.py). A sample takes one of these windows, drawn
from its own share of the time, as a template: its normal scores are the even ones of diffusion.noise, put into the order of
the templates' in every cell (the Schaake shuffle; Clark et al. 2004). So every cell's samples are even, and how steps and
pairs go together comes from the past.
"""
import numpy as np

from models.lead.diffusion import philox
from models.lead.normal_score import LIMIT, normal_quantile

UNIT = 1 / 40  # of a normal score: what the bank counts in
FIRST = 1 << 40  # counter of the random numbers that choose windows, beyond those of the noise


def follow(even, template):
    """The numbers [S, ...] of every cell in the order of the template's; where two of these are alike, in their own."""
    order = np.lexsort((even, template), axis=0)
    found = np.empty_like(even)
    np.put_along_axis(found, order, np.sort(even, axis=0), axis=0)
    return found


def rows_of(seed, count, batch, length):
    """Windows [S, B] of a bank of `length`: sample s draws from the s-th of `count` equal parts."""
    words = philox(seed, batch * count, FIRST)[:, 0].reshape(batch, count).T
    place = (np.arange(count)[:, None] + (words + 0.5) / 2.0 ** 32) / count
    return np.minimum((place * length).astype(int), length - 1)


def columns_of(seed, pairs, paths):
    """Which of a bank's paths every pair [P] follows that has none of its own."""
    return (philox(seed, pairs, 2 * FIRST)[:, 0] % np.uint64(paths)).astype(int)


def template(bank, seed, count, batch, nodes):
    """Bank entries int8 [S, B, H, N, N] of the windows that `count` samples of each of B windows follow; of a bank
    [W, H, Q] of other networks' paths those of columns_of."""
    if bank.ndim == 3:
        bank = bank[..., columns_of(seed, nodes ** 2, bank.shape[2])].reshape(*bank.shape[:2], nodes, nodes)
    return bank[rows_of(seed, count, batch, len(bank))]


def to_bank(z):
    """int8 [W, H, N, N] of normal scores z [W, H, N, N]."""
    return np.rint(np.clip(z, -LIMIT, LIMIT) / UNIT).astype(np.int8)


def even(z, rng):
    """The normal scores of the ranks of z [W, ...] in every cell, equal ones in random order."""
    order = np.lexsort((rng.random(z.shape), z), axis=0)
    rank = np.argsort(order, axis=0)
    return normal_quantile((rank + 0.5) / len(z))
