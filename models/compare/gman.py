"""GMAN (Zheng et al., AAAI 2020): attention over the nodes and over time, fused by a gate, and a transform attention
from the past frames to the steps ahead.

The graph's nodes are the network's; a node's features are its row and its column. Simplified: one block before and one
after the transform attention; node embeddings are learned (not node2vec); a step ahead is embedded by the first
target's clock and a learned vector of the step.
"""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.compare.forecast import PairCodes, PairForecast, node_channels, node_frames
from models.lead.tm_image import CLOCK

STATE = 32
HEADS = 2
CODES = 4  # for each step ahead


class Attention(nn.Module):
    """Queries [..., Q, A], keys [..., T, A] and values [..., T, S] -> [..., Q, S]."""

    def __init__(self, asked: int, valued: int):
        super().__init__()
        self.heads, self.scale = HEADS, (STATE // HEADS) ** -0.5
        self.query, self.key = nn.Linear(asked, STATE), nn.Linear(asked, STATE)
        self.value, self.out = nn.Linear(valued, STATE), nn.Linear(STATE, STATE)

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, [self.heads, -1]).transpose(-3, -2)

    def forward(self, asked: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        q, k, v = self.split(self.query(asked)), self.split(self.key(keys)), self.split(self.value(values))
        weights = torch.softmax(self.scale * q @ k.transpose(-2, -1), -1)
        return self.out((weights @ v).transpose(-3, -2).flatten(-2))


class Block(nn.Module):
    """Attention over nodes and over time of x [B, T, N, S] at places and times e [B, T, N, S], fused; x's shape."""

    def __init__(self):
        super().__init__()
        self.space, self.time = Attention(2 * STATE, 2 * STATE), Attention(2 * STATE, 2 * STATE)
        self.gate_space, self.gate_time = nn.Linear(STATE, STATE), nn.Linear(STATE, STATE)
        self.fused = nn.Linear(STATE, STATE)

    def forward(self, x: Tensor, e: Tensor) -> Tensor:
        both = torch.cat([x, e], 3)
        along = both.transpose(1, 2)
        space, time = self.space(both, both, both), self.time(along, along, along).transpose(1, 2)
        gate = torch.sigmoid(self.gate_space(space) + self.gate_time(time))
        return x + F.relu(self.fused(gate * space + (1.0 - gate) * time))


class Gman(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, horizon * CODES)
        self.inputs = nn.Linear(node_channels(nodes), STATE)
        self.place = nn.Parameter(0.1 * torch.randn(nodes, STATE))
        self.clock = nn.Linear(CLOCK, STATE)
        self.moment = nn.Parameter(0.1 * torch.randn(history + horizon, 1, STATE))
        self.past, self.future = Block(), Block()
        self.transform = Attention(STATE, STATE)
        self.spell = PairCodes(nodes, STATE, CODES)

    def embedding(self, features: Tensor) -> Tensor:
        """[B, L + H, N, S] of the last frames and the steps ahead."""
        first = features[:, -1:, 3:].expand(-1, self.horizon, -1)
        clock = self.clock(torch.cat([features[:, -1 - self.history:-1, 3:], first], 1))
        return clock[:, :, None] + self.moment + self.place

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        e = self.embedding(features)
        before, ahead = e[:, :self.history], e[:, self.history:]
        x = self.past(self.inputs(node_frames(relative, features, self.history)), before)
        x = self.transform(ahead.transpose(1, 2), before.transpose(1, 2), x.transpose(1, 2)).transpose(1, 2)
        x = self.future(x, ahead)
        codes = self.spell(x.flatten(0, 1)).unflatten(0, [-1, self.horizon])
        return codes.flatten(1, 2)
