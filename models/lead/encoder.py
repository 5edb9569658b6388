"""Vision encoder: TM images to one token per frame, and to a map that keeps every OD pair apart."""
from typing import Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix


class FrameEncoder(nn.Module):
    """images [B, F, 3, N, N] -> tokens [B, F, E]. No striding: a sparse TM's few entries all reach the token."""

    def __init__(self, nodes: int, channels: int, kept: int, width: int):
        super().__init__()
        self.stem = nn.Conv2d(3, channels, 3, padding=1)
        self.mix = AxialMix(channels)
        self.norm = nn.GroupNorm(4, channels)
        self.body = nn.Conv2d(channels, channels, 3, padding=1)
        self.keep = nn.Conv2d(channels, kept, 1)
        self.token = nn.Linear(kept * nodes * nodes, width)

    def forward(self, images: Tensor) -> Tensor:
        batch, frames = images.size(0), images.size(1)
        x = self.stem(images.flatten(0, 1))
        x = x + self.body(F.silu(self.norm(self.mix(x))))
        x = F.silu(self.keep(x)).flatten(1)
        return self.token(x).view(batch, frames, -1)


class PairMap(nn.Module):
    """images [B, F, 3, N, N] and context [B, H + 1, N, N] -> map [B, M, N, N]: each OD pair's own history through
    the same small network, with an embedding of the pair."""

    def __init__(self, nodes: int, frames: int, context: int, embedding: int, width: int,
                 dropout: float):
        super().__init__()
        self.pair = nn.Parameter(0.1 * torch.randn(1, embedding, nodes, nodes))
        self.inward = nn.Conv2d(3 * frames + context + embedding, 2 * width, 1)
        self.mix = AxialMix(2 * width)
        self.hidden = nn.Conv2d(2 * width, 2 * width, 1)
        self.dropout = nn.Dropout(dropout)
        self.outward = nn.Conv2d(2 * width, width, 1)

    def forward(self, images: Tensor, context: Tensor) -> Tensor:
        pair = self.pair.expand(images.size(0), -1, -1, -1)
        x = F.silu(self.inward(torch.cat([images.flatten(1, 2), context, pair], 1)))
        x = x + F.silu(self.hidden(self.mix(x)))
        return self.outward(self.dropout(x))


class Encoder(nn.Module):
    """(images [B, F, 3, N, N], context [B, H + 1, N, N]) -> (tokens [B, F, E], map [B, M, N, N])."""

    def __init__(self, nodes: int, frames: int, horizon: int, channels: int, kept: int, width: int, embedding: int,
                 map_width: int, dropout: float):
        super().__init__()
        self.frame = FrameEncoder(nodes, channels, kept, width)
        self.pair_map = PairMap(nodes, frames, horizon + 1, embedding, map_width, dropout)

    def forward(self, images: Tensor, context: Tensor) -> Tuple[Tensor, Tensor]:
        return self.frame(images), self.pair_map(images, context)
