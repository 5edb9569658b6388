"""Vision encoder: TM images to one token per frame."""
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.layers import AxialMix

IMAGES = {"rgb": 3, "intensity": 1}  # how many of intensity, trend, acceleration are looked at


class Encoder(nn.Module):
    """images [B, F, 3, N, N] -> tokens [B, F, E]. No striding: a sparse TM's few entries all reach the token.
    `image`: one of IMAGES."""

    def __init__(self, nodes: int, channels: int, kept: int, width: int, image: str):
        super().__init__()
        self.seen = IMAGES[image]
        self.stem = nn.Conv2d(self.seen, channels, 3, padding=1)
        self.mix = AxialMix(channels)
        self.norm = nn.GroupNorm(4, channels)
        self.body = nn.Conv2d(channels, channels, 3, padding=1)
        self.keep = nn.Conv2d(channels, kept, 1)
        self.token = nn.Linear(kept * nodes * nodes, width)

    def forward(self, images: Tensor) -> Tensor:
        batch, frames = images.size(0), images.size(1)
        x = self.stem(images.flatten(0, 1)[:, :self.seen])
        x = x + self.body(F.silu(self.norm(self.mix(x))))
        x = F.silu(self.keep(x)).flatten(1)
        return self.token(x).view(batch, frames, -1)
