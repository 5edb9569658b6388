"""Synthetic TM sequences for pre-training: gravity shares, a daily wave, correlated noise and bursts."""
import numpy as np


def sequence(rng, length, nodes, step):
    """TMs [length, N, N] with mean total 1, diagonal 0."""
    weight = rng.lognormal(0.0, 1.0, (2, nodes))
    share = np.outer(weight[0], weight[1]) * rng.lognormal(0.0, 0.5, (nodes, nodes))
    np.fill_diagonal(share, 0.0)
    clock = 2 * np.pi * (np.arange(length) * step / 86400.0 + rng.random())
    wave = 1 + rng.uniform(0.1, 0.6) * np.sin(clock[:, None, None] + rng.normal(0, 0.3, (nodes, nodes)))
    tms = share / share.sum() * wave * np.exp(noise(rng, length, nodes)) * bursts(rng, length, nodes)
    return tms / tms.sum((1, 2)).mean()


def noise(rng, length, nodes):
    """First-order autoregressive noise [length, N, N] of a stationary size and memory drawn per OD pair."""
    memory = rng.uniform(0.6, 0.99, (nodes, nodes))
    size = rng.uniform(0.05, 0.5, (nodes, nodes))
    fresh = rng.standard_normal((length, nodes, nodes)) * size
    for at in range(1, length):
        fresh[at] = memory * fresh[at - 1] + np.sqrt(1 - memory ** 2) * fresh[at]
    return fresh


def bursts(rng, length, nodes):
    """Factors [length, N, N]: rare multiplications by 2 to 10 that last a few steps."""
    factor = np.ones((length, nodes, nodes))
    for _ in range(rng.poisson(0.002 * length * nodes * nodes)):
        start, source, destination = rng.integers(length), rng.integers(nodes), rng.integers(nodes)
        factor[start:start + rng.integers(1, 8), source, destination] *= rng.uniform(2.0, 10.0)
    return factor
