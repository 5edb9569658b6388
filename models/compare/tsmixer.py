"""TSMixer (Chen et al., TMLR 2023): perceptrons that mix along time and along the OD pairs in turn.

Simplified: layer instead of batch normalisation, and instead of the last projection along time every pair's mixed
frames go to the output that all networks here share.
"""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.compare.forecast import PairForecast

BLOCKS = 2
HIDDEN = 128


class Block(nn.Module):
    """x [B, C, T], kept."""

    def __init__(self, channels: int, length: int):
        super().__init__()
        self.time_norm, self.pair_norm = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.time = nn.Linear(length, length)
        self.pairs = nn.Sequential(nn.Linear(channels, HIDDEN), nn.ReLU(), nn.Dropout(0.1),
                                   nn.Linear(HIDDEN, channels), nn.Dropout(0.1))

    def forward(self, x: Tensor) -> Tensor:
        x = x + F.relu(self.time(self.time_norm(x.transpose(1, 2)).transpose(1, 2)))
        return x + self.pairs(self.pair_norm(x.transpose(1, 2))).transpose(1, 2)


class TsMixer(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, frames)
        self.blocks = nn.Sequential(*[Block(nodes * nodes, frames) for _ in range(BLOCKS)])

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        x = self.blocks(torch.asinh(relative).flatten(2).transpose(1, 2))
        return x.transpose(1, 2).reshape(relative.shape)
