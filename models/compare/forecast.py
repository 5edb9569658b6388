"""What the comparison networks share: their inputs, the last value they correct, the output that gives quantiles.

All see relative [B, F, N, N] (yesterday's frames around the targets, then the last `history` ones, each OD pair over its
scale) and features [B, F + 1, 9] (see models/lead/tm_image.py): what LEAD's base forecast sees but for its spans, the means
of longer times. All give the
residual from the last value at every step ahead and quantile level, in units of the pair's scale. Networks
that have no place for yesterday, the targets' clock and the pair's identity get these through PairForecast's output.
"""
from typing import List

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.normal_score import KNOTS
from models.lead.quantiles import UNIT, ordered, spread_of, start_bell_shaped
from models.lead.tm_image import CLOCK

LEVELS = len(KNOTS)
RECENT = 3  # channels of recent_frames
EMBEDDING = 16
WIDTH = 192
DROPOUT = 0.1


def recent_frames(relative: Tensor, features: Tensor, history: int) -> Tensor:
    """[B, L, 3, N, N] of the last L frames: intensity (asinh), its distance to the newest frame's, the TM's total."""
    bent = torch.asinh(relative[:, -history:])
    total = features[:, -1 - history:-1, 2][:, :, None, None].expand_as(bent)
    return torch.stack([bent, bent - bent[:, -1:], total], 2)


class Forecast(nn.Module):
    """(relative, features) -> quantiles [B, H, K, N, N] over the scale, rising along K; 0 on the diagonal. A subclass
    says in `raw` [B, H, K, N, N] the middle quantile's distance to the last value and the gaps between quantiles."""

    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__()
        self.nodes, self.history, self.days, self.horizon = nodes, history, frames - history, horizon
        self.unit = UNIT
        self.register_buffer("share", torch.full([nodes, nodes], 1.0 / nodes ** 2))
        self.register_buffer("calm", torch.full([nodes, nodes], 0.01))
        self.register_buffer("away", 1.0 - torch.eye(nodes))

    def raw(self, relative: Tensor, features: Tensor) -> Tensor:
        raise NotImplementedError

    @torch.jit.unused
    def quantiles(self, relative: Tensor, features: Tensor, *_) -> Tensor:
        """Of sample.base_inputs, of which networks of this folder take the first two."""
        return self(relative, features)

    def forward(self, relative: Tensor, features: Tensor) -> Tensor:
        apart = ordered(self.raw(relative, features).movedim(2, -1)).movedim(-1, 2)
        return (relative[:, -1:, None] + self.unit * apart) * self.away


class Ensemble(nn.Module):
    """The mean of the quantiles of Forecasts of one kind."""
    nodes: int
    history: int
    horizon: int

    def __init__(self, networks):
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.nodes, self.history, self.horizon = networks[0].nodes, networks[0].history, networks[0].horizon

    @torch.jit.unused
    def quantiles(self, relative: Tensor, features: Tensor, *_) -> Tensor:
        """As Forecast.quantiles."""
        return self(relative, features)

    def forward(self, relative: Tensor, features: Tensor) -> Tensor:
        opinions: List[Tensor] = []
        for network in self.networks:
            opinions.append(network(relative, features))
        return torch.stack(opinions).mean(0)


class PairForecast(Forecast):
    """A Forecast whose subclass gives `codes` [B, C, N, N] of every OD pair; a small network that all pairs share
    turns them, yesterday, the clock and an embedding of the pair into quantiles."""

    def __init__(self, nodes: int, history: int, frames: int, horizon: int, channels: int):
        super().__init__(nodes, history, frames, horizon)
        self.pair = nn.Parameter(0.1 * torch.randn(1, EMBEDDING, nodes, nodes))
        self.inward = nn.Conv2d(channels + self.days + 2 + EMBEDDING + CLOCK, WIDTH, 1)
        self.hidden = nn.ModuleList([nn.Conv2d(WIDTH, WIDTH, 1) for _ in range(2)])
        self.dropout = nn.Dropout(DROPOUT)
        self.outward = nn.Conv2d(WIDTH, horizon * LEVELS, 1)
        start_bell_shaped(self.outward, horizon)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        raise NotImplementedError

    def common(self, relative: Tensor, features: Tensor) -> Tensor:
        """[B, D + 2 + E + CLOCK, N, N]: what every network is told of a pair besides its own codes."""
        bent = torch.asinh(relative)
        spread = torch.asinh(spread_of(relative, self.history, self.calm))[:, None]
        clock = features[:, -1, 3:, None, None].expand(-1, -1, self.nodes, self.nodes)
        return torch.cat([bent[:, :self.days] - bent[:, -1:], bent[:, -1:], spread,
                          self.pair.expand(relative.size(0), -1, -1, -1), clock], 1)

    def raw(self, relative: Tensor, features: Tensor) -> Tensor:
        x = torch.cat([self.codes(relative, features), self.common(relative, features)], 1)
        x = F.silu(self.inward(x))
        for layer in self.hidden:
            x = x + F.silu(layer(self.dropout(x)))
        return self.outward(x).view(x.size(0), self.horizon, -1, self.nodes, self.nodes)


def node_channels(nodes: int) -> int:
    """C of node_frames."""
    return 4 * nodes + 1


def node_frames(relative: Tensor, features: Tensor, history: int) -> Tensor:
    """[B, L, N, C] of the last L frames: each node's row and column of recent_frames, and the TM's total."""
    x = recent_frames(relative, features, history)
    total = x[:, :, 2, :, :1]
    return torch.cat([x[:, :, 0], x[:, :, 0].transpose(2, 3), x[:, :, 1], x[:, :, 1].transpose(2, 3), total], 3)


class PairCodes(nn.Module):
    """States of the nodes [B, N, S] -> codes [B, C, N, N]: what a pair's source says of its row's entry plus what the
    pair's destination says of its column's."""

    def __init__(self, nodes: int, state: int, channels: int):
        super().__init__()
        self.row = nn.Linear(state, nodes * channels)
        self.column = nn.Linear(state, nodes * channels)

    def forward(self, state: Tensor) -> Tensor:
        shape = [state.size(0), state.size(1), state.size(1), -1]
        return self.row(state).view(shape).permute(0, 3, 1, 2) + self.column(state).view(shape).permute(0, 3, 2, 1)
