"""Multi-scale bottleneck adapters: what is trained inside every layer of the frozen LLM."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import zero_

SCALES = ((1, 1), (3, 1), (5, 2))  # (kernel, dilation): 1, 3 and 9 frames back


class CausalDepthwise(nn.Module):
    """Depthwise convolution over time that sees the present and the past only: [B, R, S] -> [B, R, S]."""

    def __init__(self, channels: int, kernel: int, dilation: int):
        super().__init__()
        self.past = (kernel - 1) * dilation
        self.convolution = nn.Conv1d(channels, channels, kernel, dilation=dilation, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.convolution(F.pad(x, [self.past, 0]))


class MultiScaleAdapter(nn.Module):
    """[B, S, D] -> [B, S, D], 0 at the start of training."""

    def __init__(self, width: int, bottleneck: int):
        super().__init__()
        self.down = nn.Linear(width, bottleneck)
        self.scales = nn.ModuleList([CausalDepthwise(bottleneck, kernel, dilation) for kernel, dilation in SCALES])
        self.up = zero_(nn.Linear(bottleneck * len(SCALES), width))

    def forward(self, x: Tensor) -> Tensor:
        narrow = self.down(x).transpose(1, 2)
        seen = []
        for scale in self.scales:
            seen.append(scale(narrow))
        return self.up(F.silu(torch.cat(seen, 1)).transpose(1, 2))


class NoAdapter(nn.Module):
    """Nothing, for pre-training the backbone alone."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)
