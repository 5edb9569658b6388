"""Temporal aggregator: a causal transformer over the frames that gives the token sequence in the LLM's width."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F


def causal_mask(length: int, like: Tensor) -> Tensor:
    """[length, length]: 0 on and below the diagonal, -inf above it."""
    blocked = torch.full([length, length], float("-inf"), dtype=like.dtype, device=like.device)
    return torch.triu(blocked, 1)


class CausalBlock(nn.Module):
    """Pre-norm self-attention and feed-forward, [B, S, D] -> [B, S, D]."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_feed = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def attend(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5 + causal_mask(length, x)
        return self.out((weights.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attend(self.norm_attention(x))
        return x + self.down(F.silu(self.up(self.norm_feed(x))))


class Aggregator(nn.Module):
    """(tokens [B, F, E], features [B, F + 1, K]) -> [B, F + 1, D]; the last token stands for the time to forecast."""

    def __init__(self, frames: int, width_in: int, features: int, width: int, layers: int, heads: int):
        super().__init__()
        self.project = nn.Linear(width_in, width)
        self.features = nn.Linear(features, width)
        self.target = nn.Parameter(0.02 * torch.randn(1, 1, width))
        self.position = nn.Parameter(0.02 * torch.randn(1, frames + 1, width))
        self.blocks = nn.ModuleList([CausalBlock(width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:
        x = torch.cat([self.project(tokens), self.target.expand(tokens.size(0), -1, -1)], 1)
        x = x + self.features(features) + self.position
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
