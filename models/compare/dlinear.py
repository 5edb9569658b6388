"""DLinear (Zeng et al., AAAI 2023): moving average and remainder of a series, each through one linear layer per OD
pair (the paper's variant with individual weights).

Added: yesterday's frames are decomposed and weighted beside the last ones; the gaps between quantiles are constants of
the pair, step and level, in units of the pair's recent changes. Simplified: no weight depends on the clock.
"""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.compare.forecast import LEVELS, Forecast
from models.lead.quantiles import spread_of, start_bell_shaped

KERNEL = 5  # frames of the moving average


def smooth(x: Tensor, kernel: int) -> Tensor:
    """Moving average of x [B, T, N, N] along T, the ends repeated."""
    flat = F.pad(x.flatten(2).transpose(1, 2), [kernel // 2, kernel // 2], mode="replicate")
    return F.avg_pool1d(flat, kernel, 1).transpose(1, 2).reshape(x.shape)


class DLinear(Forecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon)
        self.kernel = KERNEL
        self.trend = nn.Parameter(torch.zeros(frames, horizon, nodes, nodes))
        self.remainder = nn.Parameter(torch.zeros(frames, horizon, nodes, nodes))
        start = nn.Conv2d(1, horizon * LEVELS, 1)
        start_bell_shaped(start, horizon)
        self.gaps = nn.Parameter(start.bias.detach().view(1, horizon, LEVELS, 1, 1).repeat(1, 1, 1, nodes, nodes))
        self.register_buffer("middle", torch.eye(LEVELS)[LEVELS // 2][:, None, None])

    def raw(self, relative: Tensor, features: Tensor) -> Tensor:
        spread = spread_of(relative, self.history, self.calm)[:, None]
        x = (relative - relative[:, -1:]) / spread
        trend = torch.cat([smooth(x[:, :self.days], self.kernel), smooth(x[:, self.days:], self.kernel)], 1)
        ahead = torch.einsum("bfij,fhij->bhij", trend, self.trend)
        ahead = ahead + torch.einsum("bfij,fhij->bhij", x - trend, self.remainder)
        return self.gaps + ahead[:, :, None] * self.middle
