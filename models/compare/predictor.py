"""A comparison network as one TorchScript file that the predictor `torchscript` runs (module/predict/torch/torchscript.c).

forward(history [1, L, N, N] bit/s, NaN where a TM is missing; context = [samples S, second of the day, second of the
week] of the newest TM) -> S joint samples [S, H, N, N], bit/s. The window is made as in models/lead/tm_image.py. The
networks' mean gives the marginal quantiles only; how pairs and steps go together comes from the past, as LEAD's does
(models/lead/paths.py): for 256 windows, evenly spaced in time, the bank holds the rank of the truth's normal score, among
these windows, for every step and OD pair. A sample takes one of them, drawn from its own share of the time, and every
cell's samples are even: one in each of S equally likely intervals, in the order of the windows' ranks, at the place in there that
its window's rank says.

The bank's windows are of the choosing part, which the networks did not learn from; but the step of each network's best scores
was chosen there. LEAD's bank is of the fitting part, which is longer, by base forecasts that learnt without the windows
(models/crossfit.py); for that every network would have to be trained four times more.
"""
import json
import math
from typing import Tuple

import numpy as np
import torch
from torch import Tensor, nn

from models import sample
from models.export import strip_debug
from models.lead import paths, tm_image
from models.lead.normal_score import CEILING, KNOTS, LIMIT, random_score_of

BANK = 256


class Windowed(nn.Module):
    """What predictors have in common: what they say of themselves, and the window. `lags` [F] in steps of `step` seconds, as
    data.frame_lags gives them; `share` [N, N]."""

    def __init__(self, history, horizon, share, lags, step, even):
        super().__init__()
        self.takes_context, self.even_samples, self.history_length = 1, int(even), int(max(lags)) + 1
        self.node_count, self.step_seconds, self.horizon = len(share), int(step), int(horizon)
        self.history = int(history)
        self.day, self.week, self.turn = tm_image.DAY, tm_image.WEEK, 2 * math.pi
        self.ceiling = CEILING
        self.register_buffer("share", torch.tensor(share, dtype=torch.float64))
        self.register_buffer("lags", torch.tensor(np.asarray(lags)))

    def fill(self, frames: Tensor, present: Tensor) -> Tensor:
        """Frames [F, N, N] by the rules of tm_image.fill_rows, `present` [F]; the newest is always there."""
        count = frames.size(0)
        first = count - self.history
        source = torch.arange(count)
        for f in range(first + 1, count):
            if not bool(present[f]):
                source[f] = source[f - 1]
        for back in range(self.history - 1):
            f = count - 2 - back
            if not bool(present[source[f]]):
                source[f] = source[f + 1]
        for f in range(first):
            if not bool(present[f]):
                source[f] = count - 1
        return frames[source.to(frames.device)]

    def clock(self, second: Tensor) -> Tensor:
        """[F + 1, 6] of tm_image.clock for the frames and the first target; `second` of the week of the newest."""
        steps = torch.cat([self.lags, torch.full_like(self.lags[:1], -1)])
        time = torch.remainder(second - self.step_seconds * steps, self.week)
        day, week = self.turn * torch.remainder(time, self.day) / self.day, self.turn * time / self.week
        return torch.stack([day.sin(), day.cos(), (2 * day).sin(), (2 * day).cos(), week.sin(), week.cos()], 1)

    def features(self, frames: Tensor, present: Tensor, level: Tensor, second: Tensor) -> Tensor:
        """[1, F + 1, 9], see tm_image.frame_features."""
        count = frames.size(0)
        yesterday = (torch.arange(count, device=frames.device) < count - self.history).double()
        total = (frames.sum([1, 2]) / level).clamp(min=1e-3).log()
        own = torch.stack([present.double(), yesterday, total], 1)
        own = torch.cat([own, torch.zeros_like(own[:1])])
        return torch.cat([own, self.clock(second)], 1)[None]

    def window(self, history: Tensor, second: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        """relative [1, F, N, N], features [1, F + 1, 9], scale [N, N] and level (bit/s)."""
        length = history.size(1)
        frames = history[0, length - 1 - self.lags].double()
        present = ~torch.isnan(frames).flatten(1).any(1)
        frames = self.fill(frames, present)
        last = frames[-self.history:]
        level = last.sum([1, 2]).mean()
        level = torch.where(level > 0, level, torch.ones_like(level))
        scale = torch.maximum(self.share * level, last.mean(0))
        relative = frames / torch.where(scale > 0, scale, torch.ones_like(scale))
        features = self.features(frames, present, level, second)
        return relative[None].float(), features.float(), scale, level


class Predictor(Windowed):
    """Samples of a network's quantiles; bank [W, H, N, N] uint8."""

    def __init__(self, network, share, lags, step, bank):
        super().__init__(network.history, network.horizon, share, lags, step, even=True)
        self.network = network
        self.limit = LIMIT
        self.register_buffer("knots", torch.tensor(KNOTS))
        self.register_buffer("bank", torch.tensor(bank, dtype=torch.uint8))

    def forecast(self, history: Tensor, second: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """Quantiles [1, H, K, N, N] over the scale, scale [N, N] and level (bit/s)."""
        relative, features, scale, level = self.window(history, second)
        return self.network(relative, features), scale, level

    def restore(self, z: Tensor, quantiles: Tensor) -> Tensor:
        """normal_score.restore for z [S, H, N, N] and quantiles [H, K, N, N]: y / scale."""
        z = z.clamp(-self.limit, self.limit)
        piece = (torch.searchsorted(self.knots, z, right=True) - 1).clamp(0, len(self.knots) - 2)
        at = piece.transpose(0, 1)
        low, high = quantiles.gather(1, at).transpose(0, 1), quantiles.gather(1, at + 1).transpose(0, 1)
        along = (z - self.knots[piece]) / (self.knots[piece + 1] - self.knots[piece])
        return (low + along * (high - low)).clamp(min=0.0)

    def even_places(self, count: int) -> Tensor:
        """[S, W], 0..1: where the k-th of S samples lies whose window's rank is the w-th of W; as in models/lead/paths.py, even_scores."""
        windows = self.bank.size(0)
        p = ((torch.arange(windows) + 0.5) / windows).double()[None]
        k = torch.arange(count).double()[:, None]
        choose = math.lgamma(count + 1) - torch.lgamma(k + 2) - torch.lgamma(count - k)
        exactly = (choose + (k + 1) * p.log() + (count - k - 1) * torch.log1p(-p)).exp()
        return (k + exactly.flip([0]).cumsum(0).flip([0]).clamp(max=1.0)) / count

    def scores(self, count: int) -> Tensor:
        """Normal scores [S, H, N, N], even in every cell, in the order of the ranks of `count` windows of the bank."""
        place = (torch.arange(count) + torch.rand(count, dtype=torch.float64)) / count
        chosen = (place * self.bank.size(0)).long().clamp(max=self.bank.size(0) - 1)
        ranks = self.bank[chosen.to(self.bank.device)].long()
        rest = torch.rand([count, 1, ranks.size(2), ranks.size(3)], dtype=torch.float64, device=ranks.device)
        order = (ranks + rest).argsort(0).argsort(0)  # a window that is taken twice: in one random order
        p = self.even_places(count).to(ranks.device)[order, ranks]
        return math.sqrt(2.0) * torch.erfinv(2.0 * p - 1.0)

    def forward(self, history: Tensor, context: Tensor) -> Tensor:
        quantiles, scale, level = self.forecast(history, context[2].double())
        y = self.restore(self.scores(int(context[0])), quantiles[0].double())
        return torch.minimum(scale * y, self.ceiling * level).float()


def fill_bank(network, config, prepared, share):
    """The ranks [W, H, N, N] uint8 of the network's own normal scores on at most BANK windows of the choosing part, smoothed over the steps
    as LEAD's are."""
    series, lags, _, choose = prepared
    rng = np.random.default_rng([config["seed"], 3])
    rows, targets = sample.pick(*choose, BANK)

    def scores(window, start):
        y = sample.relative_to(window, series.tms[targets[start:start + sample.CHUNK]])
        with torch.no_grad():
            quantiles = sample.quantiles_of(network, window).double().numpy()
        return random_score_of(y, quantiles, rng)[None]

    z = sample.over_windows(scores, rows, series, config, lags, share)[0]
    z = paths.smoothed(paths.to_bank(paths.even(z, rng)), paths.SMOOTH)
    rest = rng.random((len(z), 1, *z.shape[2:]))  # equal scores in a random order, the same at all steps
    order = np.argsort(z + rest, axis=0)
    return np.argsort(order, axis=0).astype(np.uint8)


def write(path, predictor, provenance):
    """Writes the predictor; `provenance` goes into the file as provenance.json."""
    scripted = torch.jit.script(predictor.eval())
    torch.jit.save(scripted, path, _extra_files={"provenance.json": json.dumps(provenance, allow_nan=False)})
    strip_debug(path)
