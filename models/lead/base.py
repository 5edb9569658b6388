"""Base forecast: quantiles of every OD pair at every step ahead, and a map of each pair's own history for the denoiser.

A ridge regression per OD pair (fitted beforehand, not trained) and one small network that all pairs share; it sees a
pair's own past, the forecasts of the ridge, an embedding of the pair, the clock, the totals, and through AxialMix
what its source and its destination do.
"""
from typing import Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix
from models.lead.normal_score import KNOTS

UNIT = 0.25  # of the scale: what the network's output counts in
CLOCK = 6  # features of a time, the last ones of tm_image.frame_features


class Ridge(nn.Module):
    """relative [B, F, N, N] -> y / scale [B, H, N, N]: the newest frame plus weighted deviations from it, not below 0."""

    def __init__(self, nodes: int, frames: int, horizon: int):
        super().__init__()
        self.register_buffer("weights", torch.zeros(horizon, frames, nodes, nodes))

    def forward(self, relative: Tensor) -> Tensor:
        now = relative[:, -1:]
        return (now + torch.einsum("bfij,hfij->bhij", relative - now, self.weights)).clamp(min=0.0)


def start_bell_shaped(outward: nn.Conv2d, horizon: int):
    """Sets the layer that gives `rising` its input so that the untrained quantiles are, in their unit, those of a bell a
    little wider than a mean absolute error of 1."""
    gaps = torch.from_numpy(np.diff(np.sinh(KNOTS))).float().expm1().log()
    middle = len(KNOTS) // 2
    bias = torch.zeros(horizon, len(KNOTS))
    bias[:, :middle] = gaps[:middle]
    bias[:, middle + 1:] = gaps[middle:]
    outward.bias.data = bias.flatten()
    outward.weight.data.mul_(0.1)


def spread_of(relative: Tensor, history: int, calm: Tensor) -> Tensor:
    """[B, N, N]: mean absolute change over the last frames, plus a floor."""
    last = relative[:, -history:]
    return (last[:, 1:] - last[:, :-1]).abs().mean(1) + calm


def rising(raw: Tensor) -> Tensor:
    """[B, H, K, N, N], rising along K: the middle one, and steps up and down from it."""
    middle = raw.size(2) // 2
    centre = raw[:, :, middle:middle + 1]
    up = centre + F.softplus(raw[:, :, middle + 1:]).cumsum(2)
    down = centre - F.softplus(raw[:, :, :middle]).flip([2]).cumsum(2).flip([2])
    return torch.cat([down, centre, up], 2)


class BaseForecast(nn.Module):
    """(relative [B, F, N, N], features [B, F + 1, 9]) -> (quantiles [B, H, K, N, N] of y / scale, rising along K; map
    [B, M, N, N])."""

    def __init__(self, nodes: int, history: int, frames: int, horizon: int, embedding: int, width: int, map_width: int,
                 dropout: float):
        super().__init__()
        self.history, self.horizon, self.levels, self.unit = history, horizon, len(KNOTS), UNIT
        self.ridge = Ridge(nodes, frames, horizon)
        self.register_buffer("calm", torch.full([nodes, nodes], 0.01))
        self.register_buffer("away", 1.0 - torch.eye(nodes))
        self.pair = nn.Parameter(0.1 * torch.randn(1, embedding, nodes, nodes))
        self.inward = nn.Conv2d(2 * frames + horizon + 1 + embedding + CLOCK + frames, width, 1)
        self.mix = AxialMix(width)
        self.hidden = nn.ModuleList([nn.Conv2d(width, width, 1) for _ in range(2)])
        self.dropout = nn.Dropout(dropout)
        self.outward = nn.Conv2d(width, horizon * self.levels, 1)
        self.map = nn.Conv2d(width, map_width, 1)
        start_bell_shaped(self.outward, horizon)

    def trunk(self, relative: Tensor, features: Tensor, ridge: Tensor, spread: Tensor) -> Tensor:
        nodes = relative.size(2)
        bent = torch.asinh(relative)
        common = torch.cat([features[:, -1, 3:], features[:, :-1, 2]], 1)[:, :, None, None]
        x = torch.cat([bent, bent - bent[:, -1:], torch.asinh(ridge), torch.asinh(spread)[:, None],
                       self.pair.expand(relative.size(0), -1, -1, -1), common.expand(-1, -1, nodes, nodes)], 1)
        x = F.silu(self.mix(self.inward(x)))
        for layer in self.hidden:
            x = x + F.silu(layer(self.dropout(x)))
        return x

    def forward(self, relative: Tensor, features: Tensor) -> Tuple[Tensor, Tensor]:
        ridge, spread = self.ridge(relative), spread_of(relative, self.history, self.calm)
        x = self.trunk(relative, features, ridge, spread)
        raw = self.outward(x).view(x.size(0), self.horizon, self.levels, x.size(2), x.size(3))
        quantiles = (ridge[:, :, None] + self.unit * rising(raw)) * self.away
        return quantiles, self.map(x) * self.away
