"""Networks of the base forecast that see the frames of all OD pairs, the forecasts of the ridge, the clock, the totals, an
embedding of each pair, and those that mix, through AxialMix, what its source and its destination do."""
from typing import List, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix, zero_
from models.lead.normal_score import KNOTS
from models.lead.quantiles import UNIT, rising, spread_of, start_bell_shaped

CLOCK = 6  # features of a time, the last ones of tm_image.frame_features
WEIGHED = [0, 1, 2, 3, 4, 7]  # of the experts of models/lead/pair_features.py: without the means of longer times and days


class MixingNetwork(nn.Module):
    """(features [B, C, N, N], experts [B, H, 6, N, N]) -> (quantiles [B, H, K, N, N], inner state [B, W, N, N]).
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
        self.trust = zero_(nn.Conv2d(width, horizon * len(WEIGHED), 1))
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


class MixingNetworks(nn.Module):
    """One for each of `mixes`, which says whether it mixes."""

    def __init__(self, nodes: int, history: int, frames: int, horizon: int, embedding: int, width: int, dropout: float,
                 mixes: Sequence[bool]):
        super().__init__()
        self.history = history
        self.register_buffer("calm", torch.full([nodes, nodes], 0.01))
        self.register_buffer("weighed", torch.tensor(WEIGHED))
        inputs = 2 * frames + horizon + 1 + CLOCK + frames
        self.networks = nn.ModuleList([MixingNetwork(nodes, inputs, embedding, width, horizon, mixing, dropout) for mixing in mixes])

    def seen(self, relative: Tensor, features: Tensor, ridge: Tensor) -> Tensor:
        """[B, C, N, N]."""
        nodes, bent = relative.size(2), torch.asinh(relative)
        spread = torch.asinh(spread_of(relative, self.history, self.calm))[:, None]
        common = torch.cat([features[:, -1, 3:], features[:, :-1, 2]], 1)[:, :, None, None]
        return torch.cat([bent, bent - bent[:, -1:], torch.asinh(ridge), spread, common.expand(-1, -1, nodes, nodes)], 1)

    def forward(self, relative: Tensor, features: Tensor, ridge: Tensor, experts: Tensor) -> Tuple[List[Tensor], List[Tensor]]:
        """Every network's quantiles [B, N N, H, K] and inner state [B, N N, W]; experts [B, N N, H, 11]."""
        quantiles: List[Tensor] = []
        states: List[Tensor] = []
        if len(self.networks) == 0:
            return quantiles, states
        batch, nodes = relative.size(0), relative.size(2)
        x = self.seen(relative, features, ridge)
        weighed = experts.permute(0, 2, 3, 1).index_select(2, self.weighed).reshape(batch, ridge.size(1), -1, nodes, nodes)
        for network in self.networks:
            own, state = network(x, weighed)
            quantiles.append(own.permute(0, 3, 4, 1, 2).flatten(1, 2))
            states.append(state.permute(0, 2, 3, 1).flatten(1, 2))
        return quantiles, states
