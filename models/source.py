"""What a training draws from: windows of one series' fitting part, and OD pairs of them."""
import numpy as np
import torch

from models import sample
from models.lead import spans, tm_image

FORGETFUL = ((0.03, 0), (0.06, 1), (0.1, 3))  # chance of knowing at most so many days, cumulated


def drop_frames(rng, rows, history, chance):
    """Rows [B, F] with, at times, all of yesterday or a fifth of the older frames missing."""
    rows = rows.copy()
    yesterday = rows.shape[1] - history
    rows[rng.random(len(rows)) < chance, :yesterday] = -1
    thin = (rng.random(len(rows)) < chance)[:, None] & (rng.random(rows.shape) < 0.2)
    thin[:, -1] = False
    return np.where(thin, -1, rows)


def forget(rng, window, history, reach):
    """Takes from a Window, at times, the spans that reach back further than some days: `reach` [G] in days."""
    drawn = rng.random(len(window.known))
    days = np.full(len(drawn), np.inf)
    for chance, most in reversed(FORGETFUL):
        days[drawn < chance] = most
    unknown = (window.known == 0) | (reach > days[:, None])
    mean = window.relative[:, -history:].mean(1)
    window.spans = np.where(unknown[..., None, None], mean[:, None], window.spans)
    window.known = np.where(unknown, 0, window.known).astype(np.float32)


def pair_weights(share, power):
    """Weight [N, N] of every OD pair: its share to a power, mean 1 off the diagonal, on which it is 0."""
    weight = np.zeros_like(share)
    weight[share > 0] = share[share > 0] ** power
    return weight / weight[weight > 0].mean()


class Source:
    """`fit`: rows and targets of the windows. `share` [N, N] of the pairs' usual parts of the total; with `measured` a
    window finds them out by itself, as a model for any network does."""

    def __init__(self, series, lags, fit, config, share, measured=False):
        self.series, self.lags, self.fit, self.share, self.history = series, lags, fit, share, config["history"]
        self.given = None if measured else share
        self.spans = spans.spans_of(series.step, config["horizon"])
        self.reach = np.array([until for _, until, _ in self.spans]) * series.step / tm_image.DAY
        root = np.sqrt(share.ravel())
        self.chance = 0.5 * (root > 0) / (root > 0).sum() + 0.5 * root / root.sum()

    def window(self, rng, rows, drop):
        """The Window of rows [B, F], some frames and spans of which are missing."""
        window = sample.make_windows(self.series, drop_frames(rng, rows, self.history, drop), self.history, self.lags,
                                     self.given, self.spans)
        forget(rng, window, self.history, self.reach)
        return window

    def batch(self, rng, settings):
        """Window and targets [B, H, N, N] over its scale."""
        chosen = rng.integers(len(self.fit[0]), size=settings["windows"])
        window = self.window(rng, self.fit[0][chosen], settings["drop_frames"])
        return window, sample.relative_to(window, self.series.tms[self.fit[1][chosen]])

    def pairs(self, rng, settings):
        """(inputs of BaseForecast.pair_opinions, y [B, P, H], weight [B, P]): some pairs of each window, half of them drawn
        evenly and half by the root of their share, weighted so that a pair counts by its size in bit/s over the window's
        level, times pair_weights."""
        window, y = self.batch(rng, settings)
        pairs = rng.choice(len(self.chance), p=self.chance, size=(len(y), settings["pairs"]))
        size = np.take_along_axis(window.size.reshape(len(y), -1), pairs, 1)
        weight = pair_weights(self.share, -settings["weight_power"]).ravel()[pairs] / self.chance[pairs] * size
        y = np.take_along_axis(y.reshape(*y.shape[:2], -1), pairs[:, None], 2).transpose(0, 2, 1)
        return ((*sample.base_inputs(window), torch.from_numpy(pairs)), torch.tensor(y, dtype=torch.float32),
                torch.tensor(weight, dtype=torch.float32))
