"""Small layers that several networks share."""
from torch import Tensor, nn


class AxialMix(nn.Module):
    """Adds to every OD pair what its source's row and its destination's column look like: [B, C, N, N], kept."""

    def __init__(self, channels: int):
        super().__init__()
        self.row = nn.Conv2d(channels, channels, 1)
        self.column = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.row(x.mean(3, keepdim=True)) + self.column(x.mean(2, keepdim=True))


def zero_(module):
    """The module with its parameters set to 0, so that its branch starts as nothing."""
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    return module
