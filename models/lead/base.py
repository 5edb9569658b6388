"""Base forecast: quantiles of every OD pair at every step ahead, and a map of each pair's own history for the denoiser.

Point forecasts as experts (a ridge regression per OD pair, fitted beforehand; the last value, smoothed ones, means, the
same time of earlier days) and small networks that all pairs share (models/lead/pair_networks.py): each says for every pair
and step how far to trust which expert, what to add, and how far the quantiles lie apart. Each learns by itself; the forecast
is the mean of their quantiles.
"""
from typing import Sequence, Tuple

import torch
from torch import Tensor, nn

from models.lead.normal_score import KNOTS, mean_weights
from models.lead.pair_features import EXPERTS
from models.lead.pair_networks import PairNetworks

STRETCH = (0.5, 2.0)  # bounds of what the quantiles above the median are stretched by


class Ridge(nn.Module):
    """relative [B, F, N, N] -> y / scale [B, H, N, N]: the newest frame plus weighted deviations from it, not below 0. With
    `nodes` 1 all pairs have the same weights."""

    def __init__(self, nodes: int, frames: int, horizon: int):
        super().__init__()
        self.register_buffer("weights", torch.zeros(horizon, frames, nodes, nodes))

    def forward(self, relative: Tensor) -> Tensor:
        now = relative[:, -1:]
        return (now + torch.einsum("bfij,hfij->bhij", relative - now, self.weights)).clamp(min=0.0)


class Steer(nn.Module):
    """Takes the mean of quantiles [B, P, H, K] a part `way` of the way to a weighted mean of the experts [B, P, H, EXPERTS],
    whose weights `stack` [H, EXPERTS] are least squares (fitted beforehand): the quantiles above the median are stretched.
    Quantile losses hardly see the few largest values that decide a mean; least squares sees little else."""

    def __init__(self, horizon: int, way: float):
        super().__init__()
        self.register_buffer("stack", torch.zeros(horizon, EXPERTS))
        self.register_buffer("weights", torch.tensor(mean_weights(), dtype=torch.float32))
        self.middle, self.way, self.least, self.most = len(KNOTS) // 2, way, *STRETCH

    def forward(self, quantiles: Tensor, experts: Tensor) -> Tensor:
        middle = self.middle
        median = quantiles[..., middle:middle + 1]
        above = quantiles[..., middle + 1:] - median
        mean = (quantiles.clamp(min=0.0) @ self.weights)[..., None]
        wanted = (self.stack * experts).sum(3, keepdim=True)
        up = (above @ self.weights[middle + 1:])[..., None]
        stretch = 1.0 + self.way * (wanted - mean) / up.clamp(min=1e-6)
        return torch.cat([quantiles[..., :middle + 1], median + stretch.clamp(self.least, self.most) * above], 3)


class BaseForecast(nn.Module):
    """(relative [B, F, N, N], features [B, F + 1, 9], spans [B, G, N, N], known [B, G], size [B, N, N]) -> (quantiles
    [B, H, K, N, N] of y / scale, rising along K; map [B, M, N, N]), from the configuration's "model" sizes. Of any network, for
    which `nodes` is 1, when "pair_embedding" is 0: all pairs then share one ridge."""

    def __init__(self, nodes: int, history: int, day_offsets: Sequence[int], horizon: int, networks: int, sizes: dict):
        super().__init__()
        self.horizon = horizon
        self.ridge = Ridge(nodes, history + len(day_offsets), horizon)
        self.pairs = PairNetworks(nodes, history, day_offsets, horizon, networks, sizes["pair_embedding"], sizes["base"],
                                  sizes["base_depth"], sizes["base_dropout"])
        self.steer = Steer(horizon, sizes["base_way"])
        self.map = nn.Linear(sizes["base"] * networks, sizes["map"])

    def pair_opinions(self, relative: Tensor, features: Tensor, long: Tensor, known: Tensor, size: Tensor, pairs: Tensor) -> Tensor:
        """The quantiles [E, B, P, H, K] of every pair network for pairs [B, P]: what they learn by."""
        x, experts = self.pairs.seen(relative, features, long, known, size, self.ridge(relative), pairs)
        return torch.stack(self.pairs(x, experts, pairs)[0])

    def forward(self, relative: Tensor, features: Tensor, long: Tensor, known: Tensor, size: Tensor) -> Tuple[Tensor, Tensor]:
        batch, nodes = relative.size(0), relative.size(2)
        pairs = all_pairs(relative)
        x, experts = self.pairs.seen(relative, features, long, known, size, self.ridge(relative), pairs)
        quantiles, states = self.pairs(x, experts, pairs)
        whole = self.steer(torch.stack(quantiles).mean(0), experts).permute(0, 2, 3, 1)
        spatial = self.map(torch.cat(states, 2)).transpose(1, 2)
        away = 1.0 - torch.eye(nodes, device=relative.device)
        return whole.reshape(batch, self.horizon, -1, nodes, nodes) * away, spatial.reshape(batch, -1, nodes, nodes) * away


def all_pairs(relative: Tensor) -> Tensor:
    """[B, N N]."""
    return torch.arange(relative.size(2) * relative.size(2), device=relative.device).expand(relative.size(0), -1)
