"""Long short-term memory (Hochreiter and Schmidhuber 1997) over whole TMs, as NeuTM does it (Azzouni and Pujolle, NOMS
2018): the frame's OD pairs as one vector.

Simplified: one layer, and its last state gives every pair a short code instead of the next TM itself.
"""
import torch
from torch import Tensor, nn

from models.compare.forecast import PairForecast
from models.lead.tm_image import FEATURES

STATE = 240
CODES = 4


class Lstm(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, CODES)
        self.cell = nn.LSTM(nodes * nodes + FEATURES, STATE, batch_first=True)
        self.spell = nn.Linear(STATE, CODES * nodes * nodes)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        bent = torch.asinh(relative[:, -self.history:]).flatten(2)
        x, _ = self.cell(torch.cat([bent, features[:, -1 - self.history:-1]], 2))
        return self.spell(x[:, -1]).view(x.size(0), -1, self.nodes, self.nodes)
