"""Diffusion: noise schedule, training target, and the DDIM sampler (Song et al. 2021, eta = 0) that
module/predict/ddim.c repeats in C. The noise is counter-based, so that every machine draws the same numbers."""
import math

import numpy as np
import torch

STEPS = 1000
OFFSET = 0.008
FLOOR = 1e-9


def alphas(steps=STEPS):
    """Cosine schedule (Nichol and Dhariwal 2021, eq. 17) [steps]: the share of the signal's power after each step."""
    angle = (np.arange(1, steps + 1) / steps + OFFSET) / (1 + OFFSET) * math.pi / 2
    return np.maximum(np.cos(angle) ** 2 / math.cos(OFFSET / (1 + OFFSET) * math.pi / 2) ** 2, FLOOR)


def ddim_timesteps(count, steps=STEPS):
    """The diffusion steps that a sampler of `count` steps visits, from steps - 1 downwards."""
    return [(2 * i * steps + count) // (2 * count) - 1 for i in range(count, 0, -1)]


def add_noise(z, noise, alpha):
    """The noised z and, for v-prediction (Salimans and Ho 2022), the target v = sqrt(a) noise - sqrt(1 - a) z."""
    signal, rest = alpha.sqrt().view(-1, 1, 1, 1), (1 - alpha).sqrt().view(-1, 1, 1, 1)
    return signal * z + rest * noise, signal * noise - rest * z


def target(prediction, noise, v):
    """What the denoiser learns under `prediction` "v" or "eps"."""
    return {"v": v, "eps": noise}[prediction]


def clean_coefficients(prediction, alpha):
    """(a, b) so that z = a x + b (network's output)."""
    signal, rest = math.sqrt(alpha), math.sqrt(1 - alpha)
    return (signal, -rest) if prediction == "v" else (1 / signal, -rest / signal)


def ddim(denoise, x, count, prediction, limit, schedule=None):
    """Samples z from noise x; denoise(x, step tensor [1]) is the network under its conditions."""
    schedule = alphas() if schedule is None else schedule
    visited = ddim_timesteps(count, len(schedule))
    for at, step in enumerate(visited):
        alpha = schedule[step]
        after = schedule[visited[at + 1]] if at + 1 < count else 1.0
        a, b = clean_coefficients(prediction, alpha)
        z = (a * x + b * denoise(x, torch.tensor([float(step)]))).clamp(-limit, limit)
        keep = math.sqrt((1 - after) / (1 - alpha))
        x = keep * x + (math.sqrt(after) - math.sqrt(alpha) * keep) * z
    return x


def philox(seed, blocks):
    """Philox4x32-10 (Salmon et al. 2011): uint32 [blocks, 4] of the counters 0..blocks-1 under a 64-bit key."""
    low = np.uint64(0xFFFFFFFF)
    index = np.arange(blocks, dtype=np.uint64)
    c0, c1 = index & low, index >> np.uint64(32)
    c2, c3 = np.zeros_like(index), np.zeros_like(index)
    k0, k1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = ((second >> np.uint64(32)) ^ c1 ^ np.uint64(k0), second & low,
                          (first >> np.uint64(32)) ^ c3 ^ np.uint64(k1), first & low)
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], 1)


def normal(seed, count):
    """`count` standard normal numbers, float32, by Box and Muller (1958) in double from Philox words."""
    uniform = (philox(seed, (count + 3) // 4).astype(np.float64) + 0.5) / 2.0 ** 32
    radius = np.sqrt(-2 * np.log(uniform[:, 0::2]))
    angle = 2 * np.pi * uniform[:, 1::2]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 2).reshape(-1)[:count].astype(np.float32)
