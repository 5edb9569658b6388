"""Vision encoder: TM images to one token per frame."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix

IMAGES = {"rgb": 3, "intensity": 1}  # how many of intensity, trend, acceleration are looked at


class Encoder(nn.Module):
    """images [B, F, 3, N, N] -> tokens [B, F, E]. The order of the nodes means nothing: convolutions are 1 x 1, pairs are
    told apart by an embedding, and the token is read from the mean and the largest of each channel. `image`: one of
    IMAGES."""

    def __init__(self, nodes: int, channels: int, kept: int, width: int, image: str):
        super().__init__()
        self.seen = IMAGES[image]
        self.stem = nn.Conv2d(self.seen, channels, 1)
        self.pair = nn.Parameter(0.1 * torch.randn(1, channels, nodes, nodes))
        self.mix = AxialMix(channels)
        self.norm = nn.GroupNorm(4, channels)
        self.body = nn.Conv2d(channels, channels, 1)
        self.keep = nn.Conv2d(channels, kept, 1)
        self.token = nn.Linear(2 * kept, width)

    def forward(self, images: Tensor) -> Tensor:
        batch, frames = images.size(0), images.size(1)
        x = self.stem(images.flatten(0, 1)[:, :self.seen]) * (1.0 + self.pair)
        x = x + self.body(F.silu(self.norm(self.mix(x)) + self.pair))
        x = F.silu(self.keep(x)).flatten(2)
        return self.token(torch.cat([x.mean(2), x.max(2)[0]], 1)).view(batch, frames, -1)
