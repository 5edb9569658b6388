"""STGCN (Yu, Yin and Zhu, IJCAI 2018): gated convolutions along time around Chebyshev convolutions on a graph.

The graph's nodes are the OD pairs; two are neighbours when they share their source or their destination, so that a
neighbourhood's mean is the mean of the pair's row and its column. Simplified: no normalisation layers; the last frames'
states go to the output that all networks here share.
"""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.compare.forecast import RECENT, PairForecast, recent_frames

CHANNELS = 16
KERNEL = 3  # frames
BLOCKS = 2


class GatedTime(nn.Module):
    """[B, C, T, P] -> [B, CHANNELS, T - 2, P]."""

    def __init__(self, channels: int):
        super().__init__()
        self.convolution = nn.Conv2d(channels, 2 * CHANNELS, (KERNEL, 1))
        self.lost = KERNEL - 1
        self.skip = nn.Conv2d(channels, CHANNELS, 1)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.convolution(x).chunk(2, 1)
        return (value + self.skip(x[:, :, self.lost:])) * torch.sigmoid(gate)


class PairGraph(nn.Module):
    """Chebyshev convolution of order 3 on the OD pairs, [B, CHANNELS, T, P], kept."""

    def __init__(self, nodes: int):
        super().__init__()
        self.nodes = nodes
        self.convolution = nn.Conv2d(3 * CHANNELS, CHANNELS, 1)

    def neighbours(self, x: Tensor) -> Tensor:
        grid = x.unflatten(3, [self.nodes, self.nodes])
        return (0.5 * (grid.mean(4, keepdim=True) + grid.mean(3, keepdim=True))).flatten(3)

    def forward(self, x: Tensor) -> Tensor:
        once = self.neighbours(x)
        return F.relu(self.convolution(torch.cat([x, once, 2.0 * self.neighbours(once) - x], 1)) + x)


class Stgcn(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        left = max(history - 2 * BLOCKS * (KERNEL - 1), 1)
        super().__init__(nodes, history, frames, horizon, CHANNELS * left)
        self.padding = left + 2 * BLOCKS * (KERNEL - 1) - history
        blocks = []
        for block in range(BLOCKS):
            blocks += [GatedTime(CHANNELS if block else RECENT), PairGraph(nodes), GatedTime(CHANNELS)]
        self.blocks = nn.Sequential(*blocks)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        x = recent_frames(relative, features, self.history).transpose(1, 2).flatten(3)
        x = self.blocks(F.pad(x, [0, 0, self.padding, 0]))
        return x.flatten(1, 2).unflatten(2, [self.nodes, self.nodes])
