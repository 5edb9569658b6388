"""Base forecast: quantiles of every OD pair at every step ahead, and a map of each pair's own history for the denoiser.

Point forecasts as experts (a ridge regression per OD pair, fitted beforehand; the last value, smoothed ones,
yesterday's) and small networks that all pairs share: each says for every pair and step how far to trust which expert,
what to add, and how far the quantiles lie apart. They see a pair's own past, the forecasts of the ridge, an embedding
of the pair, the clock, the totals, and those that mix, through AxialMix, what its source and its destination do. Each
learns by itself; the forecast is the mean of their quantiles.
"""
from typing import Sequence, Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix, zero_
from models.lead.normal_score import KNOTS, mean_weights

UNIT = 0.25  # of the scale: what the network's output counts in
CLOCK = 6  # features of a time, the last ones of tm_image.frame_features
SMOOTHED = (0.7, 0.4)  # smoothing factors of two of the experts
EXPERTS = 4 + len(SMOOTHED)
STRETCH = (0.5, 2.0)  # bounds of what the quantiles above the median are stretched by


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
    """[B, H, K, N, N], rising along K: the middle one, and steps up and down from it, added up by one product."""
    levels = raw.size(2)
    middle = levels // 2
    gaps = F.softplus(raw)
    steps = torch.cat([gaps[:, :, :middle], raw[:, :, middle:middle + 1], gaps[:, :, middle + 1:]], 2)
    ones = torch.ones([levels, levels], dtype=raw.dtype, device=raw.device)
    sums = torch.cat([-ones[:middle].triu(), ones[middle:].tril(middle)])
    sums[:middle, middle + 1:] = 0.0
    sums[middle:, :middle] = 0.0
    sums[:, middle] = 1.0
    return (sums @ steps.flatten(3)).view_as(raw)


def smoothing(alpha: float, history: int) -> np.ndarray:
    """Weights [L] of simple exponential smoothing over the last frames, oldest first, sum 1."""
    weights = alpha * (1 - alpha) ** np.arange(history - 1, -1, -1)
    return weights / weights.sum()


def rows_of_targets(day_offsets: Sequence[int], horizon: int) -> list:
    """Of every step ahead: which of yesterday's frames is nearest to its time of day."""
    if not len(day_offsets):
        raise ValueError("day_offsets: the base forecast needs yesterday's frames")
    offsets = np.sort(np.asarray(day_offsets))
    return [int(np.abs(offsets - step).argmin()) for step in range(horizon)]


class Experts(nn.Module):
    """Point forecasts (relative [B, F, N, N], ridge [B, H, N, N]) -> [B, H, EXPERTS, N, N]: the ridge, the newest frame,
    two smoothed ones, the mean of the last frames, and yesterday's at the target's time of day."""

    def __init__(self, history: int, day_offsets: Sequence[int], horizon: int):
        super().__init__()
        self.history = history
        weights = [smoothing(alpha, history) for alpha in (1.0, *SMOOTHED)] + [np.full(history, 1.0 / history)]
        self.register_buffer("weights", torch.tensor(np.array(weights), dtype=torch.float32))
        self.register_buffer("yesterday", torch.tensor(rows_of_targets(day_offsets, horizon)))

    def forward(self, relative: Tensor, ridge: Tensor) -> Tensor:
        steady = torch.einsum("ef,bfij->beij", self.weights, relative[:, -self.history:])
        steady = steady[:, None].expand(-1, ridge.size(1), -1, -1, -1)
        return torch.cat([ridge[:, :, None], steady, relative[:, self.yesterday][:, :, None]], 2)


class PairNetwork(nn.Module):
    """(features [B, C, N, N], experts [B, H, EXPERTS, N, N]) -> (quantiles [B, H, K, N, N], inner state [B, W, N, N]).
    The middle of the quantiles is a convex combination of the experts plus a correction."""

    def __init__(self, nodes: int, features: int, embedding: int, width: int, horizon: int, mixes: bool, dropout: float):
        super().__init__()
        self.horizon, self.unit = horizon, UNIT
        self.pair = nn.Parameter(0.1 * torch.randn(1, embedding, nodes, nodes))
        self.inward = nn.Conv2d(features + embedding, width, 1)
        self.mix = AxialMix(width) if mixes else nn.Identity()
        self.hidden = nn.ModuleList([nn.Conv2d(width, width, 1) for _ in range(2)])
        self.dropout = nn.Dropout(dropout)
        self.outward = nn.Conv2d(width, horizon * len(KNOTS), 1)
        self.trust = zero_(nn.Conv2d(width, horizon * EXPERTS, 1))
        start_bell_shaped(self.outward, horizon)

    def forward(self, features: Tensor, experts: Tensor) -> Tuple[Tensor, Tensor]:
        batch, nodes = features.size(0), features.size(2)
        x = self.inward(torch.cat([features, self.pair.expand(batch, -1, -1, -1)], 1))
        x = F.silu(self.mix(x))
        for layer in self.hidden:
            x = x + F.silu(layer(self.dropout(x)))
        trust = self.trust(x).view(batch, self.horizon, -1, nodes, nodes).softmax(2)
        raw = self.outward(x).view(batch, self.horizon, -1, nodes, nodes)
        return (trust * experts).sum(2, keepdim=True) + self.unit * rising(raw), x


class Steer(nn.Module):
    """Takes the mean of quantiles [B, H, K, N, N] a part `way` of the way to a weighted mean of the experts, whose
    weights `stack` [H, EXPERTS] are least squares (fitted beforehand): the quantiles above the median are stretched.
    Quantile losses hardly see the few largest values that decide a mean; least squares sees little else."""

    def __init__(self, horizon: int, way: float):
        super().__init__()
        self.register_buffer("stack", torch.zeros(horizon, EXPERTS))
        self.register_buffer("weights", torch.tensor(mean_weights(), dtype=torch.float32))
        self.middle, self.way, self.least, self.most = len(KNOTS) // 2, way, *STRETCH

    def forward(self, quantiles: Tensor, experts: Tensor) -> Tensor:
        middle = self.middle
        median = quantiles[:, :, middle:middle + 1]
        above = quantiles[:, :, middle + 1:] - median
        mean = torch.einsum("k,bhkij->bhij", self.weights, quantiles.clamp(min=0.0))[:, :, None]
        wanted = torch.einsum("he,bheij->bhij", self.stack, experts)[:, :, None]
        up = torch.einsum("k,bhkij->bhij", self.weights[middle + 1:], above)[:, :, None]
        stretch = 1.0 + self.way * (wanted - mean) / up.clamp(min=1e-6)
        return torch.cat([quantiles[:, :, :middle + 1], median + stretch.clamp(self.least, self.most) * above], 2)


class BaseForecast(nn.Module):
    """(relative [B, F, N, N], features [B, F + 1, 9]) -> (quantiles [B, H, K, N, N] of y / scale, rising along K; map
    [B, M, N, N]). `mixes` says of every network whether it mixes; `way` is Steer's."""

    def __init__(self, nodes: int, history: int, day_offsets: Sequence[int], horizon: int, embedding: int, width: int,
                 map_width: int, dropout: float, mixes: Sequence[bool], way: float):
        super().__init__()
        frames = history + len(day_offsets)
        self.history = history
        self.ridge = Ridge(nodes, frames, horizon)
        self.experts = Experts(history, day_offsets, horizon)
        self.register_buffer("calm", torch.full([nodes, nodes], 0.01))
        self.register_buffer("away", 1.0 - torch.eye(nodes))
        inputs = 2 * frames + horizon + 1 + CLOCK + frames
        self.networks = nn.ModuleList([PairNetwork(nodes, inputs, embedding, width, horizon, mixing, dropout)
                                       for mixing in mixes])
        self.steer = Steer(horizon, way)
        self.map = nn.Conv2d(width * len(mixes), map_width, 1)

    def pair_features(self, relative: Tensor, features: Tensor, ridge: Tensor) -> Tensor:
        nodes, bent = relative.size(2), torch.asinh(relative)
        spread = torch.asinh(spread_of(relative, self.history, self.calm))[:, None]
        common = torch.cat([features[:, -1, 3:], features[:, :-1, 2]], 1)[:, :, None, None]
        return torch.cat([bent, bent - bent[:, -1:], torch.asinh(ridge), spread,
                          common.expand(-1, -1, nodes, nodes)], 1)

    def forecasts(self, relative: Tensor, features: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """(every network's quantiles [E, B, H, K, N, N], their inner states [B, E W, N, N], experts)."""
        ridge = self.ridge(relative)
        x, experts = self.pair_features(relative, features, ridge), self.experts(relative, ridge)
        quantiles, states = [], []
        for network in self.networks:
            own, state = network(x, experts)
            quantiles.append(own * self.away)
            states.append(state)
        return torch.stack(quantiles), torch.cat(states, 1), experts

    def opinions(self, relative: Tensor, features: Tensor) -> Tensor:
        """Every network's quantiles [E, B, H, K, N, N]: what they learn by."""
        return self.forecasts(relative, features)[0]

    def forward(self, relative: Tensor, features: Tensor) -> Tuple[Tensor, Tensor]:
        quantiles, states, experts = self.forecasts(relative, features)
        return self.steer(quantiles.mean(0), experts) * self.away, self.map(states) * self.away
