"""DCRNN (Li et al., ICLR 2018): a GRU whose products are diffusion convolutions on a directed graph.

The graph's nodes are the network's, its weights the usual shares of the OD pairs in the total, so that a random walk
goes where the traffic goes, forwards and backwards. A node's features are its row and its column. Simplified: one
layer, and all steps ahead come from the last state at once (no decoder, no scheduled sampling).
"""
import torch
from torch import Tensor, nn

from models.compare.forecast import PairCodes, PairForecast, node_channels, node_frames

STATE = 64
INPUT = 32
CODES = 16
WALK = 2  # steps in each direction


class Diffusion(nn.Module):
    """[B, N, C] -> [B, N, D]: what lies up to WALK steps away in both directions, weighted."""

    def __init__(self, channels: int, outputs: int):
        super().__init__()
        self.walk = WALK
        self.weigh = nn.Linear((1 + 2 * WALK) * channels, outputs)

    def forward(self, x: Tensor, onward: Tensor, backward: Tensor) -> Tensor:
        seen = [x]
        for transition in [onward, backward]:
            walked = x
            for _ in range(self.walk):
                walked = transition @ walked
                seen.append(walked)
        return self.weigh(torch.cat(seen, 2))


class Dcrnn(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, CODES)
        self.state = STATE
        self.inputs = nn.Linear(node_channels(nodes), INPUT)
        self.gates = Diffusion(INPUT + STATE, 2 * STATE)
        self.candidate = Diffusion(INPUT + STATE, STATE)
        self.spell = PairCodes(nodes, STATE, CODES)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        onward = self.share / self.share.sum(1, keepdim=True)
        backward = self.share.t() / self.share.t().sum(1, keepdim=True)
        x = self.inputs(node_frames(relative, features, self.history))
        state = torch.zeros([x.size(0), self.nodes, self.state], dtype=x.dtype, device=x.device)
        for frame in range(self.history):
            now = x[:, frame]
            gates = torch.sigmoid(self.gates(torch.cat([now, state], 2), onward, backward))
            reset, keep = gates.chunk(2, 2)
            new = torch.tanh(self.candidate(torch.cat([now, reset * state], 2), onward, backward))
            state = keep * state + (1.0 - keep) * new
        return self.spell(state)
