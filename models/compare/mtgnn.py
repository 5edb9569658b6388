"""MTGNN (Wu et al., KDD 2020): learns its directed graph; dilated inception convolutions along time, mix-hop
propagation on the graph, skip connections.

The graph's nodes are the network's; a node's features are its row and its column. Simplified: two layers, every node is
every other's possible neighbour (no top k), group instead of layer normalisation, no curriculum.
"""
from typing import List

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.compare.forecast import PairCodes, PairForecast, node_channels, node_frames

CHANNELS = 48
CODES = 16
NODE_EMBEDDING = 16
KERNELS = (2, 3, 6, 7)
DILATIONS = (1, 2)
HOPS = 2
KEEP = 0.05  # of the own state at every hop


class Inception(nn.Module):
    """[B, C, N, T] -> [B, C, N, T - 6 dilation]: kernels of several lengths side by side."""

    def __init__(self, dilation: int):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv2d(CHANNELS, CHANNELS // len(KERNELS), (1, kernel),
                                                     dilation=(1, dilation)) for kernel in KERNELS])
        self.lost = (KERNELS[-1] - 1) * dilation

    def forward(self, x: Tensor) -> Tensor:
        length = x.size(3) - self.lost
        found: List[Tensor] = []
        for convolution in self.convolutions:
            found.append(convolution(x)[:, :, :, -length:])
        return torch.cat(found, 1)


class MixHop(nn.Module):
    """Propagation along a graph's edges, [B, C, N, T], kept."""

    def __init__(self):
        super().__init__()
        self.hops, self.keep = HOPS, KEEP
        self.weigh = nn.Conv2d((1 + HOPS) * CHANNELS, CHANNELS, 1)

    def forward(self, x: Tensor, graph: Tensor) -> Tensor:
        seen = [x]
        for _ in range(self.hops):
            seen.append(self.keep * x + (1.0 - self.keep) * torch.einsum("vw,bcwt->bcvt", graph, seen[-1]))
        return self.weigh(torch.cat(seen, 1))


class Layer(nn.Module):
    """[B, C, N, T] -> the same, shorter."""

    def __init__(self, dilation: int):
        super().__init__()
        self.filter, self.gate = Inception(dilation), Inception(dilation)
        self.onward, self.backward = MixHop(), MixHop()
        self.norm = nn.GroupNorm(1, CHANNELS)

    def forward(self, x: Tensor, graph: Tensor, reverse: Tensor) -> Tensor:
        y = torch.tanh(self.filter(x)) * torch.sigmoid(self.gate(x))
        y = self.onward(y, graph) + self.backward(y, reverse)
        return self.norm(y + x[:, :, :, -y.size(3):])


class Mtgnn(PairForecast):
    def __init__(self, nodes: int, history: int, frames: int, horizon: int):
        super().__init__(nodes, history, frames, horizon, CODES)
        self.from_nodes = nn.Parameter(torch.randn(nodes, NODE_EMBEDDING))
        self.to_nodes = nn.Parameter(torch.randn(nodes, NODE_EMBEDDING))
        self.inputs = nn.Linear(node_channels(nodes), CHANNELS)
        self.layers = nn.ModuleList([Layer(dilation) for dilation in DILATIONS])
        shortest = 1 + sum((KERNELS[-1] - 1) * dilation for dilation in DILATIONS)
        self.padding = max(shortest - history, 0)
        length, skips = history + self.padding, []
        for dilation in (0, *DILATIONS):
            length -= (KERNELS[-1] - 1) * dilation
            skips.append(nn.Conv2d(CHANNELS, CHANNELS, (1, length)))
        self.skips = nn.ModuleList(skips)
        self.spell = PairCodes(nodes, CHANNELS, CODES)

    def graph(self) -> Tensor:
        """Weights [N, N] of the edges, one direction of each at most."""
        product = self.from_nodes @ self.to_nodes.t()
        return F.relu(torch.tanh(product - product.t()))

    def walk(self, graph: Tensor) -> Tensor:
        """Transition probabilities, with an edge of every node to itself."""
        looped = graph + torch.eye(self.nodes, device=graph.device)
        return looped / looped.sum(1, keepdim=True)

    def codes(self, relative: Tensor, features: Tensor) -> Tensor:
        graph = self.graph()
        onward, backward = self.walk(graph), self.walk(graph.t())
        x = self.inputs(node_frames(relative, features, self.history)).permute(0, 3, 2, 1)
        x = F.pad(x, [self.padding, 0])
        states = [x]
        for layer in self.layers:
            states.append(layer(states[-1], onward, backward))
        skips: List[Tensor] = []
        for i, convolution in enumerate(self.skips):
            skips.append(convolution(states[i]))
        return self.spell(F.relu(torch.cat(skips, 3).sum(3)).transpose(1, 2))
