"""Quantiles as the output of a network: a shape that rises, the untrained one, and the mean that they stand for."""
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.normal_score import KNOTS

UNIT = 0.25  # of the scale: what a network's output counts in


def bell_shaped(horizon: int) -> Tensor:
    """[H K]: what makes `ordered` give the quantiles of a bell a little wider than a mean absolute error of
    1, in their unit."""
    gaps = torch.from_numpy(np.diff(np.sinh(KNOTS))).float().expm1().log()
    middle = len(KNOTS) // 2
    bias = torch.zeros(horizon, len(KNOTS))
    bias[:, :middle] = gaps[:middle]
    bias[:, middle + 1:] = gaps[middle:]
    return bias.flatten()


def start_bell_shaped(outward: nn.Module, horizon: int):
    """Sets the layer that gives the quantiles their input so that the untrained ones are bell_shaped."""
    outward.bias.data = bell_shaped(horizon)
    outward.weight.data.mul_(0.1)


def ordered(raw: Tensor) -> Tensor:
    """[..., K], rising: the middle one, and steps up and down from it."""
    middle = raw.size(-1) // 2
    gaps, centre = F.softplus(raw), raw[..., middle:middle + 1]
    down = gaps[..., :middle].flip([-1]).cumsum(-1).flip([-1])
    return torch.cat([centre - down, centre, centre + gaps[..., middle + 1:].cumsum(-1)], -1)


def spread_of(relative: Tensor, history: int, calm: Tensor) -> Tensor:
    """[B, N, N]: mean absolute change over the last frames, plus a floor."""
    last = relative[:, -history:]
    return (last[:, 1:] - last[:, :-1]).abs().mean(1) + calm
