"""What the base forecast's networks see of an OD pair, and the point forecasts that they weigh. Pairs are counted row by
row: pair = source N + destination. Nothing here depends on the order of the nodes or on their number.

Of the pair itself: its frames and spans over its scale, bent by asinh; how it moves, how long a burst lasts so far. Of its
surroundings, each over its own mean of the last frames: what else its source sends, what else its destination receives,
and the reverse pair. Of the network: clock, weekday, totals.
"""
from typing import List, Tuple

import numpy as np
import torch
from torch import Tensor, nn

from models.lead import spans

SMOOTHED = (0.7, 0.4)  # smoothing factors of two of the experts
LEVEL_EXPERTS = (24, 168)  # hours whose mean is an expert
EXPERTS = 4 + len(SMOOTHED) + len(LEVEL_EXPERTS) + len(spans.DAYS)
BURST = 1.5  # a pair bursts above this many times its usual value
RECENT = 6  # frames in which the surroundings are seen one by one
YESTERDAY = 4  # frames of yesterday that are averaged there


def smoothing(alpha: float, history: int) -> np.ndarray:
    """Weights [L] of simple exponential smoothing over the last frames, oldest first, sum 1."""
    weights = alpha * (1 - alpha) ** np.arange(history - 1, -1, -1)
    return weights / weights.sum()


def rows_of_targets(day_offsets, horizon: int) -> list:
    """Of every step ahead: which of yesterday's frames is nearest to its time of day."""
    if not len(day_offsets):
        raise ValueError("day_offsets: the base forecast needs yesterday's frames")
    offsets = np.sort(np.asarray(day_offsets))
    return [int(np.abs(offsets - step).argmin()) for step in range(horizon)]


def chosen(x: Tensor, pairs: Tensor) -> Tensor:
    """[B, P, C] of x [B, C, N N] at pairs [B, P]."""
    return x.gather(2, pairs[:, None].expand(-1, x.size(1), -1)).transpose(1, 2)


def run_above(values: Tensor, bound: Tensor) -> Tensor:
    """[B, P, 1]: for how long, of all frames, values [B, P, L] have been above the bound [B, P, 1] without a break."""
    above = (values > bound).to(values.dtype)
    return above.flip([2]).cumprod(2).mean(2, keepdim=True)


def of_week(clock: Tensor) -> Tensor:
    """[B, 4]: sine and cosine of a half and a third of the week, from those of the week: weekdays differ."""
    sine, cosine = clock[:, 4:5], clock[:, 5:6]
    return torch.cat([2 * sine * cosine, cosine * cosine - sine * sine, 3 * sine - 4 * sine ** 3, 4 * cosine ** 3 - 3 * cosine], 1)


class PairFeatures(nn.Module):
    """(relative [B, F, N, N], features [B, F + 1, 9], spans [B, G, N, N], known [B, G], size [B, N, N], ridge [B, H, N, N],
    pairs [B, P]) -> (features [B, P, C], experts [B, P, H, EXPERTS]). Experts: the ridge, the newest frame, two smoothed
    ones, the means of the last frames, of a day and of a week, and each day's at the target's time of day, yesterday's
    first."""
    days: List[int]

    def __init__(self, history: int, day_offsets, horizon: int):
        super().__init__()
        if history < RECENT:
            raise ValueError(f"history: {history} frames, the base forecast looks at {RECENT} at least")
        self.history, self.yesterday, self.horizon = history, len(day_offsets), horizon
        weights = [smoothing(alpha, history) for alpha in (1.0, *SMOOTHED)] + [np.full(history, 1.0 / history)]
        self.register_buffer("weights", torch.tensor(np.array(weights), dtype=torch.float32))
        self.register_buffer("day_of_target", torch.tensor(rows_of_targets(day_offsets, horizon)))
        self.register_buffer("spans_of_target", torch.tensor(spans.day_rows(horizon)))
        self.register_buffer("levels", torch.tensor([spans.level_row(horizon, hours) for hours in LEVEL_EXPERTS]))
        self.days = list(range(0, self.yesterday, YESTERDAY))
        self.burst, self.each, self.recent = BURST, YESTERDAY, RECENT

    def width(self, span_count: int) -> int:
        """C."""
        frames = self.history + self.yesterday
        around = RECENT + 1 + len(self.days) + span_count + 2
        return 2 * frames + 2 * span_count + 8 + 10 + frames + 1 + span_count + 3 * around + self.horizon

    def own(self, frames: Tensor, long: Tensor, size: Tensor) -> Tensor:
        """Of the pair itself: frames [B, P, F], spans [B, P, G], size [B, P, 1]."""
        bent, bent_long = torch.asinh(frames), torch.asinh(long)
        last = frames[:, :, self.yesterday:]
        now = bent[:, :, -1:]
        spread = (last[:, :, 1:] - last[:, :, :-1]).abs().mean(2, keepdim=True)
        usual = frames[:, :, :self.yesterday].median(2, keepdim=True)[0]
        daily = long.index_select(2, self.levels[:1])
        return torch.cat([bent, bent - now, bent_long, bent_long - now, (size + 1e-6).log(), torch.asinh(spread),
                          (spread + 1e-3).log(), torch.asinh(last.median(2, keepdim=True)[0]),
                          torch.asinh(last.max(2, keepdim=True)[0]), torch.asinh(last.min(2, keepdim=True)[0]),
                          run_above(last, self.burst * usual + 0.01), run_above(last, self.burst * daily + 0.01)], 2)

    def around(self, flow: Tensor, own: Tensor) -> Tensor:
        """Of flows [B, P, F + G] over the level beside the pair, which carries `own` [B, P, 1]."""
        flow = flow.clamp(min=0.0)
        frames = self.yesterday + self.history
        mean = flow[:, :, self.yesterday:frames].mean(2, keepdim=True) + 1e-5
        bent = torch.asinh(flow / mean)
        days = torch.cat([bent[:, :, at:min(at + self.each, self.yesterday)].mean(2, keepdim=True) for at in self.days], 2)
        recent = frames - self.recent
        return torch.cat([bent[:, :, recent:frames], bent[:, :, self.yesterday:frames].mean(2, keepdim=True), days,
                          bent[:, :, frames:], mean.log(), (mean / (own + 1e-5)).log()], 2)

    def surroundings(self, flow: Tensor, pairs: Tensor, own: Tensor) -> Tensor:
        """Of all flows [B, F + G, N, N] over the level: the source's others, the destination's others, the reverse pair."""
        nodes = flow.size(3)
        source, destination = pairs.div(nodes, rounding_mode="floor"), pairs.remainder(nodes)
        mine = chosen(flow.flatten(2), pairs)
        return torch.cat([self.around(chosen(flow.sum(3), source) - mine, own),
                          self.around(chosen(flow.sum(2), destination) - mine, own),
                          self.around(chosen(flow.flatten(2), destination * nodes + source), own)], 2)

    def common(self, features: Tensor, known: Tensor) -> Tensor:
        """[B, .]: what all pairs are told."""
        clock = features[:, -1, 3:]
        return torch.cat([clock, of_week(clock), features[:, :-1, 2], features[:, :-1, 0].mean(1, keepdim=True), known], 1)

    def experts(self, frames: Tensor, long: Tensor, ridge: Tensor) -> Tensor:
        steady = torch.cat([frames[:, :, self.yesterday:] @ self.weights.t(), long.index_select(2, self.levels)], 2)
        steady = steady[:, :, None].expand(-1, -1, self.horizon, -1)
        before = [frames.index_select(2, self.day_of_target)[..., None]]
        for day in range(self.spans_of_target.size(0)):
            before.append(long.index_select(2, self.spans_of_target[day])[..., None])
        return torch.cat([ridge[..., None], steady] + before, 3)

    def forward(self, relative: Tensor, features: Tensor, long: Tensor, known: Tensor, size: Tensor, ridge: Tensor,
                pairs: Tensor) -> Tuple[Tensor, Tensor]:
        flow = torch.cat([relative, long], 1) * size[:, None]
        frames, spans_, foreseen = chosen(relative.flatten(2), pairs), chosen(long.flatten(2), pairs), chosen(ridge.flatten(2), pairs)
        own_size = chosen(size.flatten(1)[:, None], pairs)
        own = own_size * frames[:, :, self.yesterday:].mean(2, keepdim=True)
        common = self.common(features, known)[:, None].expand(-1, pairs.size(1), -1)
        seen = torch.cat([self.own(frames, spans_, own_size), common, self.surroundings(flow, pairs, own), torch.asinh(foreseen)], 2)
        return seen, self.experts(frames, spans_, foreseen)
