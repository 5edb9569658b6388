"""ConvLSTM (Shi et al., NeurIPS 2015): an LSTM on TMs as images, its products 3 x 3 convolutions.

Simplified: one layer, no peepholes, and all steps ahead come from the last state at once (no decoder). That neighbours
in the image mean little, since the order of the nodes is arbitrary, is the method's own weakness.
"""
import torch
from torch import Tensor, nn

from models.compare.forecast import RECENT, PairForecast, recent_frames

CHANNELS = 16


class ConvLstm(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, CHANNELS)
        self.channels = CHANNELS
        self.gates = nn.Conv2d(RECENT + CHANNELS, 4 * CHANNELS, 3, padding=1)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        x = recent_frames(relative, features, self.history)
        shape = [x.size(0), self.channels, self.nodes, self.nodes]
        state = torch.zeros(shape, dtype=x.dtype, device=x.device)
        cell = torch.zeros(shape, dtype=x.dtype, device=x.device)
        for frame in range(self.history):
            enter, forget, leave, new = self.gates(torch.cat([x[:, frame], state], 1)).chunk(4, 1)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
            state = torch.sigmoid(leave) * torch.tanh(cell)
        return state
