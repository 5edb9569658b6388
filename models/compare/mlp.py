"""A quantile MLP, the baseline of this project's own notes: three layers of 256 that all OD pairs share.

In: the pair's last 16 values over their mean, yesterday's values around the targets over the same mean, the mean over
the scale ("level"), the trends of its source's and its destination's totals, time of day and week, a 16-wide embedding
of the pair. Out: quantiles of (target - last) / level. Differences from the notes: one network gives all steps at
once and sees all of yesterday's frames (two before the first to one after the last target), where the notes have seven
values around the one target of a network; 17 levels instead of 19; ratios are bent by asinh; the level is the scale of
models/lead/tm_image.py, which keeps silent pairs from exploding; the loss weighs a pair by the root of its usual share
instead of its maximum.
"""
import torch
from torch import Tensor, nn

from models.compare.forecast import EMBEDDING, LEVELS, Forecast
from models.lead.quantiles import start_bell_shaped
from models.lead.tm_image import CLOCK

WIDTH = 256
TRENDS = 4


class Mlp(Forecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon)
        self.pair = nn.Parameter(0.1 * torch.randn(1, EMBEDDING, nodes, nodes))
        self.layers = nn.Sequential(nn.Conv2d(frames + 1 + TRENDS + CLOCK + EMBEDDING, WIDTH, 1), nn.ReLU(),
                                    nn.Conv2d(WIDTH, WIDTH, 1), nn.ReLU(), nn.Conv2d(WIDTH, WIDTH, 1), nn.ReLU())
        self.outward = nn.Conv2d(WIDTH, horizon * LEVELS, 1)
        start_bell_shaped(self.outward, horizon)

    def trends(self, relative: Tensor) -> Tensor:
        """[B, 4, N, N]: log of the newest total of the source and of the destination over those of the last 4 and of
        all L frames."""
        sent = self.share * relative[:, -self.history:]
        totals = torch.stack([sent.sum(3, keepdim=True).expand_as(sent), sent.sum(2, keepdim=True).expand_as(sent)], 1)
        before = torch.stack([totals[:, :, -4:].mean(2), totals.mean(2)], 2)
        return ((totals[:, :, -1:] + 1e-6) / (before + 1e-6)).log().clamp(-5.0, 5.0).flatten(1, 2)

    def raw(self, relative: Tensor, features: Tensor) -> Tensor:
        mean = relative[:, -self.history:].mean(1, keepdim=True)
        clock = features[:, -1, 3:, None, None].expand(-1, -1, self.nodes, self.nodes)
        x = torch.cat([torch.asinh(relative / (mean + 1e-3)), torch.asinh(100.0 * mean) / 5.0, self.trends(relative),
                       clock, self.pair.expand(relative.size(0), -1, -1, -1)], 1)
        return self.outward(self.layers(x)).view(x.size(0), self.horizon, -1, self.nodes, self.nodes)
