"""Diffusion U-Net over the N x N picture of the next TMs, with AdaGN from g and cross-attention to c.

The order of the nodes means nothing: convolutions are 1 x 1, what OD pairs have in common is their row and their column
(AxialMix), and the coarse picture is that of the nodes, each of which gathers its row and its column.

Conditions may have batch 1 while x has many samples: everything that depends on them alone is computed once.
"""
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix, zero_

GROUPS = 4
CONDITIONS = ("both", "global", "sequential")  # what the denoiser listens to: g and c, g alone, c alone


def step_embedding(step: Tensor, width: int) -> Tensor:
    """Sines and cosines [B, width] of diffusion steps [B]."""
    frequency = torch.exp(torch.arange(width // 2, device=step.device) * (-math.log(10000.0) / (width // 2 - 1)))
    angle = step.to(torch.float32)[:, None] * frequency
    return torch.cat([angle.sin(), angle.cos()], 1)


class Block(nn.Module):
    """Residual block with AdaGN: scale and shift after the GroupNorm come from the embedding [B or 1, E]."""

    def __init__(self, width_in: int, width: int, embedding: int, dropout: float):
        super().__init__()
        self.norm_in = nn.GroupNorm(GROUPS, width_in)
        self.conv_in = nn.Conv2d(width_in, width, 1)
        self.mix = AxialMix(width)
        self.modulate = zero_(nn.Linear(embedding, 2 * width))
        self.norm_out = nn.GroupNorm(GROUPS, width)
        self.dropout = nn.Dropout(dropout)
        self.conv_out = zero_(nn.Conv2d(width, width, 1))
        self.skip = nn.Conv2d(width_in, width, 1) if width_in != width else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        h = self.mix(self.conv_in(F.silu(self.norm_in(x))))
        scale, shift = self.modulate(embedding)[:, :, None, None].chunk(2, 1)
        h = self.conv_out(self.dropout(F.silu(self.norm_out(h) * (1 + scale) + shift)))
        return self.skip(x) + h


class CrossAttention(nn.Module):
    """x [B, C, N, N] asks the sequence c [B or 1, S, D]."""

    def __init__(self, width: int, width_c: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(GROUPS, width)
        self.query = nn.Conv2d(width, width, 1)
        self.key_value = nn.Linear(width_c, 2 * width)
        self.out = zero_(nn.Conv2d(width, width, 1))

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        batch, width, rows, columns = x.shape
        each = width // self.heads
        q = self.query(self.norm(x)).view(batch, self.heads, each, rows * columns)
        key_value = self.key_value(c).view(c.size(0), c.size(1), 2, self.heads, each)
        k = key_value[:, :, 0].transpose(1, 2) * each ** -0.5
        v = key_value[:, :, 1].permute(0, 2, 3, 1)
        seen = v @ (k @ q).softmax(2)
        return x + self.out(seen.reshape(batch, width, rows, columns))


class ToNodes(nn.Module):
    """OD pairs [B, C, N, N] -> nodes [B, W, N, 1]: the mean of what a node sends and of what it receives."""

    def __init__(self, channels: int, width: int):
        super().__init__()
        self.gather = nn.Conv2d(2 * channels, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.gather(torch.cat([x.mean(3), x.mean(2)], 1)[..., None])


class ToPairs(nn.Module):
    """Nodes [B, C, N, 1] -> OD pairs [B, W, N, N]: what the source says plus what the destination says."""

    def __init__(self, channels: int, width: int):
        super().__init__()
        self.source = nn.Conv2d(channels, width, 1)
        self.destination = nn.Conv2d(channels, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.source(x) + self.destination(x).transpose(2, 3)


class NoGlobal(nn.Module):
    """g [B, D] -> zeros [1, width], in the place of its embedding."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def forward(self, g: Tensor) -> Tensor:
        return torch.zeros([1, self.width], dtype=g.dtype, device=g.device)


class NoCross(nn.Module):
    """x as it is, in the place of its cross-attention to c."""

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        return x


class Denoiser(nn.Module):
    """(x [B, H, N, N], step [B or 1], g [B or 1, D], c [B or 1, S, D], map [B or 1, M, N, N]) -> [B, H, N, N].
    `condition`: one of CONDITIONS; g and c are taken whether or not they are listened to, so that every denoiser is called
    alike."""

    def __init__(self, nodes: int, horizon: int, width: int, width_g: int, map_width: int, heads: int,
                 dropout: float, condition: str):
        super().__init__()
        if condition not in CONDITIONS:
            raise ValueError(f"condition {condition} is none of {', '.join(CONDITIONS)}")
        self.frequencies = 64
        self.register_buffer("away", 1.0 - torch.eye(nodes))
        embedding = 4 * width
        self.embed_step = nn.Sequential(nn.Linear(self.frequencies, embedding), nn.SiLU(),
                                        nn.Linear(embedding, embedding))
        self.embed_g = NoGlobal(embedding) if condition == "sequential" else nn.Linear(width_g, embedding)
        self.read_x = nn.Conv2d(horizon, width, 1)
        self.read_map = nn.Conv2d(map_width, width, 1)
        self.down_block = Block(width, width, embedding, dropout)
        self.to_nodes = ToNodes(width, 2 * width)
        self.low_first = Block(2 * width, 2 * width, embedding, dropout)
        self.low_cross = NoCross() if condition == "global" else CrossAttention(2 * width, width_g, heads)
        self.low_last = Block(2 * width, 2 * width, embedding, dropout)
        self.to_pairs = ToPairs(2 * width, width)
        self.up_first = Block(2 * width, width, embedding, dropout)
        self.up_cross = NoCross() if condition == "global" else CrossAttention(width, width_g, heads)
        self.up_last = Block(width, width, embedding, dropout)
        self.norm = nn.GroupNorm(GROUPS, width)
        self.write = zero_(nn.Conv2d(width, horizon, 1))

    def forward(self, x: Tensor, step: Tensor, g: Tensor, c: Tensor, spatial: Tensor) -> Tensor:
        embedding = F.silu(self.embed_step(step_embedding(step, self.frequencies)) + self.embed_g(g))
        h = self.read_x(x * self.away) + self.read_map(spatial)
        high = self.down_block(h, embedding)
        low = self.low_first(self.to_nodes(high), embedding)
        low = self.low_last(self.low_cross(low, c), embedding)
        h = self.up_first(torch.cat([high, self.to_pairs(low)], 1), embedding)
        h = self.up_last(self.up_cross(h, c), embedding)
        return self.write(F.silu(self.norm(h))) * self.away
