"""Networks of the base forecast that see one OD pair at a time: models/lead/pair_features.py and an embedding of the pair."""
from typing import List, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead import spans
from models.lead.layers import zero_
from models.lead.normal_score import KNOTS
from models.lead.pair_features import EXPERTS, PairFeatures
from models.lead.quantiles import UNIT, ordered, start_bell_shaped

OUTLIER = 6.0  # deviations at which a standardised feature is cut


class PairNetwork(nn.Module):
    """(features [B, P, C], experts [B, P, H, EXPERTS]) -> (quantiles [B, P, H, K], inner state [B, P, W]). The middle of
    the quantiles is a convex combination of the experts plus a correction."""

    def __init__(self, features: int, width: int, depth: int, horizon: int, dropout: float):
        super().__init__()
        self.horizon, self.unit = horizon, UNIT
        self.inward = nn.Linear(features, width)
        self.hidden = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.dropout = nn.Dropout(dropout)
        self.outward = nn.Linear(width, horizon * len(KNOTS))
        self.trust = zero_(nn.Linear(width, horizon * EXPERTS))
        start_bell_shaped(self.outward, horizon)

    def enter(self, features: Tensor) -> Tensor:
        """The first inner state [B, P, W]."""
        return F.silu(self.inward(features))

    def leave(self, x: Tensor, experts: Tensor) -> Tuple[Tensor, Tensor]:
        """What the network makes of its first inner state."""
        for layer in self.hidden:
            x = x + F.silu(layer(self.dropout(x)))
        shape = [x.size(0), x.size(1), self.horizon, -1]
        trust = self.trust(x).view(shape).softmax(3)
        return (trust * experts).sum(3, keepdim=True) + self.unit * ordered(self.outward(x).view(shape)), x

    def forward(self, features: Tensor, experts: Tensor) -> Tuple[Tensor, Tensor]:
        return self.leave(self.enter(features), experts)


class PairNetworks(nn.Module):
    """`networks` of them, `depth` layers deep. Of any network, for which `nodes` is 1, when `embedding` is 0."""

    def __init__(self, nodes: int, history: int, day_offsets: Sequence[int], horizon: int, networks: int, embedding: int,
                 width: int, depth: int, dropout: float):
        super().__init__()
        self.see = PairFeatures(history, day_offsets, horizon)
        inputs = self.see.width(spans.count(horizon))
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("deviation", torch.ones(inputs))
        self.outlier, self.embedding = OUTLIER, embedding
        self.pair = nn.Parameter(0.1 * torch.randn(networks, nodes * nodes, embedding))
        self.networks = nn.ModuleList([PairNetwork(inputs + embedding, width, depth, horizon, dropout) for _ in range(networks)])

    def seen(self, relative: Tensor, features: Tensor, long: Tensor, known: Tensor, size: Tensor, ridge: Tensor,
             pairs: Tensor) -> Tuple[Tensor, Tensor]:
        """Standardised features [B, P, C] and experts [B, P, H, EXPERTS] of pairs [B, P]."""
        x, experts = self.see(relative, features, long, known, size, ridge, pairs)
        return ((x - self.mean) / self.deviation).clamp(-self.outlier, self.outlier), experts

    def known(self, index: int, x: Tensor, pairs: Tensor) -> Tensor:
        """What network `index` is told: the features, and its embedding of the pairs."""
        return torch.cat([x, self.pair[index][pairs]], 2) if self.embedding > 0 else x

    def forward(self, x: Tensor, experts: Tensor, pairs: Tensor) -> Tuple[List[Tensor], List[Tensor]]:
        """Every network's quantiles [B, P, H, K] and inner state [B, P, W]."""
        quantiles: List[Tensor] = []
        states: List[Tensor] = []
        for index, network in enumerate(self.networks):
            own, state = network(self.known(index, x, pairs), experts)
            quantiles.append(own)
            states.append(state)
        return quantiles, states
