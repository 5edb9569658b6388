"""Gated recurrent unit (Cho et al., EMNLP 2014) along every OD pair's own history, with weights that all pairs share.

Simplified: all steps ahead come from the last state at once (no decoder).
"""
from torch import Tensor, nn

from models.compare.forecast import RECENT, PairForecast, recent_frames

STATE = 32


class Gru(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, STATE)
        self.cell = nn.GRU(RECENT, STATE)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        x = recent_frames(relative, features, self.history).permute(1, 0, 3, 4, 2)
        _, state = self.cell(x.flatten(1, 3))
        return state[0].view(relative.size(0), self.nodes, self.nodes, -1).permute(0, 3, 1, 2)
