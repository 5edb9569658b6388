"""Diffusion: noise schedule, training target, and the sampler that module/predict/lead/sampling/probability_flow.c repeats in C (see probability_flow.h for
why); and Philox, whose random numbers are the same on every machine."""
import math

import numpy as np
import torch

STEPS = 1000
OFFSET = 0.008


def angles():
    """Angles [STEPS] of the cosine schedule (Nichol and Dhariwal 2021, eq. 17): x = cos(angle) w + sin(angle) noise."""
    quarter = math.pi / 2
    now = np.cos((np.arange(1, STEPS + 1) / STEPS + OFFSET) / (1 + OFFSET) * quarter)
    return np.arccos(np.minimum(now / math.cos(OFFSET / (1 + OFFSET) * quarter), 1.0))


def timesteps(count):
    """The diffusion steps that a sampler of `count` steps visits, from STEPS - 1 downwards."""
    return [(2 * i * STEPS + count) // (2 * count) - 1 for i in range(count, 0, -1)]


def add_noise(w, noise, angle):
    """The noised w and the velocity v = d x / d angle that the network learns (Salimans and Ho 2022); angle [B]."""
    cosine, sine = angle.cos().view(-1, 1, 1, 1), angle.sin().view(-1, 1, 1, 1)
    return cosine * w + sine * noise, cosine * noise - sine * w


def sample(denoise, x, count):
    """w from noise x by Euler's steps along the angle; denoise(x, step tensor [1]) is the network under its
    conditions."""
    visited = timesteps(count)
    angle = np.append(angles()[visited], 0.0)
    for at, step in enumerate(visited):
        x = x - (angle[at] - angle[at + 1]) * denoise(x, torch.tensor([float(step)]))
    return x


def philox(seed, blocks, first=0):
    """Philox4x32-10 (Salmon et al. 2011): uint32 [blocks, 4] of the counters `first` and after under a 64-bit key."""
    low = np.uint64(0xFFFFFFFF)
    index = np.uint64(first) + np.arange(blocks, dtype=np.uint64)
    c0, c1 = index & low, index >> np.uint64(32)
    c2, c3 = np.zeros_like(index), np.zeros_like(index)
    k0, k1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = ((second >> np.uint64(32)) ^ c1 ^ np.uint64(k0), second & low,
                          (first >> np.uint64(32)) ^ c3 ^ np.uint64(k1), first & low)
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], 1)
