"""Writes the fixtures that the Python and the C tests compare with:

    /usr/bin/python3 -m models.tests.make_fixtures

tiny/            an exported (shaken, untrained) model of five nodes
window.txt       synthetic TMs and what tm_image, the encoder's inputs and the sampler make of them
last.pt ...      TorchScript modules for predict/torch/torchscript.c, good and bad ones
"""
import os
from typing import Tuple

import numpy as np
import torch
from torch import Tensor

from models import export, fit_scaling, sample
from models.lead import diffusion, normal_score, paths, spans, tm_image
from models.tests import tiny

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
SEED, DRAW, SAMPLES, STEPS = 5, 3, 12, 7
LENGTH = 40  # rows of the C test's history
GONE = {"whole": (), "gap": (33, 36, 37), "early": (34, 35, 37), "day": tuple(range(0, 20)),
        "late": (34, 35, 36, 37, 38), "first": tuple(range(39))}


def random_seed(seed, name):
    """lead_random_seed of module/base/numbers/random.c."""
    mask = (1 << 64) - 1
    h = 14695981039346656037
    for byte in name.encode():
        h = ((h ^ byte) * 1099511628211) & mask
    z = (h + seed * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def rows_without(gone, lags):
    """Rows [1, F] of the window at row LENGTH - 1 of a history that lacks the rows `gone`."""
    rows = LENGTH - 1 - np.asarray(lags)
    return np.where((rows < 0) | np.isin(rows, gone), -1, rows)[None]


def window_without(gone, config, prepared, measured=False):
    """The Window at row LENGTH - 1 of a history that ends there and lacks the rows `gone`; its shares `measured` there."""
    series, lags, _, _ = prepared
    left = [row for row in range(LENGTH) if row not in gone]
    filled, present = tm_image.fill_rows(rows_without(gone, lags), config["history"])
    now = series.times[filled[:, -1]]
    sums = spans.Sums(series.times[left], series.tms[left], tiny.STEP)
    share = sums.shares(now) if measured else fit_scaling.shares(series)
    return tm_image.make_window(series.tms[filled], present, sums.at(now, spans.spans_of(tiny.STEP, config["horizon"])), now,
                                lags, tiny.STEP, config["history"], share)


def sampled_by_any(config, prepared):
    """Samples of the model for any network, where the history has gaps."""
    model, scaling = tiny.for_any(config)
    return sampled(model, scaling, window_without(GONE["gap"], config, prepared, measured=True), 0)


def seed_of_draw():
    """What module/predict/lead/lead.c draws from."""
    return (random_seed(SEED, "lead") + DRAW) & ((1 << 64) - 1)


def sampled(model, scaling, window, steps):
    """Samples [S, H, N, N] as module/predict/lead/lead.c makes them."""
    return sample.sample_window(model, window, scaling, SAMPLES, steps, seed_of_draw())[:, 0]


def write(file, name, values, digits):
    values = np.asarray(values).ravel()
    print(name, len(values), *(f"{value:.{digits}g}" for value in values), file=file)


def write_windows(path):
    """window.txt: lines of "name count numbers"."""
    config = tiny.config()
    prepared = tiny.prepare(config)
    series, lags, _, _ = prepared
    model, scaling = tiny.shaken(config, prepared)
    with open(path, "w") as file:
        write(file, "times", series.times[:LENGTH].astype(float), 12)
        write(file, "tms", series.tms[:LENGTH], 17)
        for count in (1, 5, 20):  # fewer samples than windows, and more
            write(file, f"taken.{count}", paths.take(seven_windows(), 1234567890123456789, count, 1, 2), 9)
            write(file, f"even.{count}", paths.make_even(paths.take(seven_windows(), 1234567890123456789, count, 1, 2)), 9)
        write(file, "timesteps", diffusion.timesteps(STEPS), 6)
        write(file, "angles", diffusion.angles()[diffusion.timesteps(STEPS)], 17)
        write(file, "paths.rough", rough_windows(), 9)
        write(file, "paths.smoothed", paths.smoothed(rough_windows(), 0.27), 9)
        for name, gone in GONE.items():
            window = window_without(gone, config, prepared)
            for part in ("images", "features", "relative", "spans", "known", "size", "scale"):
                write(file, f"{name}.{part}", getattr(window, part), 9)
            write(file, f"{name}.samples", sampled(model, scaling, window, STEPS), 9)
        window = window_without((), config, prepared)
        write(file, "paths.samples", sampled(model, scaling, window, 0), 9)
        write(file, "any.samples", sampled_by_any(config, prepared), 9)
        write(file, "paths.rows", paths.rows_of(seed_of_draw(), 70, 1, tiny.BANK), 6)
        write_scores(file, scaling)
    return model, config, scaling


def seven_windows():
    """A bank int8 [7, 2, 2, 2] from one end of its numbers to the other, with equal ones."""
    return np.linspace(-120, 120, 56).round().astype(np.int8).reshape(2, 2, 2, 7).transpose(3, 0, 1, 2) // 3 * 3


def rough_windows():
    """A bank int8 [7, 5, 3] of any bytes, with a step of zeros."""
    bank = np.random.default_rng(3).integers(-128, 128, (7, 5, 3), np.int8)
    bank[0, 1], bank[:, 3] = -128, 0
    return bank


def write_scores(file, scaling):
    """What normal_score makes of some quantiles and generated numbers, wide enough to reach every bound."""
    rng = np.random.default_rng(9)
    nodes, horizon = len(scaling.share), scaling.bank.shape[1]
    shape = (1, horizon, len(normal_score.KNOTS), nodes, nodes)
    quantiles = np.cumsum(rng.exponential(0.1, shape), axis=2) - 0.2
    given = rng.normal(0, 2.5, (1, 1, horizon, nodes, nodes))
    write(file, "score.quantiles", quantiles, 9)
    write(file, "score.z", given, 9)
    for name, level in (("low", 0.5), ("bound", 1.0), ("high", 1.5)):
        level = np.array([level * scaling.loads[0]])
        z = normal_score.calibrate(given, level, scaling)
        write(file, f"score.{name}", normal_score.restore(z, quantiles), 9)


class Last(torch.nn.Module):
    """The newest TM, once: [1, 3, N, N]; looks at 4 TMs."""
    history_length: int

    def __init__(self):
        super().__init__()
        self.history_length = 4

    def forward(self, history: Tensor) -> Tensor:
        assert history.size(1) == 4
        return history[:, -1:].expand(-1, 3, -1, -1)


class Noisy(torch.nn.Module):
    """Five samples of two steps: the mean of the 16 TMs plus noise."""

    def forward(self, history: Tensor) -> Tensor:
        mean = history.mean(1, keepdim=True)
        return mean * (1.0 + 0.1 * torch.randn([5, 2, history.size(2), history.size(3)]))


class Context(torch.nn.Module):
    """S samples of two steps that say in [0, 1:] the second of the day, of the week, how many TMs of the history are
    missing and whether its first is; elsewhere the newest TM."""
    takes_context: int
    even_samples: int
    history_length: int
    node_count: int
    step_seconds: int
    horizon: int

    def __init__(self):
        super().__init__()
        self.takes_context, self.even_samples, self.history_length, self.horizon = 1, 1, 30, 2
        self.node_count, self.step_seconds = len(tiny.NODES), tiny.STEP

    def forward(self, history: Tensor, context: Tensor) -> Tensor:
        missing = history.isnan().flatten(2).all(2)[0].float()
        newest = history[0, -1].clone()
        newest[0, 1:] = torch.stack([context[1], context[2], missing.sum(), missing[0]])
        return newest.expand(int(context[0]), 2, -1, -1)


class Odd(torch.nn.Module):
    """Says something else than 0 or 1."""
    takes_context: int

    def __init__(self):
        super().__init__()
        self.takes_context = 2

    def forward(self, history: Tensor) -> Tensor:
        return history[:, -1:]


class Flat(torch.nn.Module):
    """A wrong shape: [1, N]."""

    def forward(self, history: Tensor) -> Tensor:
        return history[:, -1, 0]


class Pair(torch.nn.Module):
    """Two inputs, two outputs."""

    def forward(self, a: Tensor, b: Tensor) -> Tuple[Tensor, Tensor]:
        return a + b, a - b


class Echo(torch.nn.Module):
    """Its input itself, twice, and what it keeps."""

    def __init__(self):
        super().__init__()
        self.register_buffer("kept", torch.ones(2, 2))

    def forward(self, a: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        return a, a, self.kept


class Deep(torch.nn.Module):
    """Fails so deep inside that the stack is longer than a message."""

    def __init__(self, depth: int = 12):
        super().__init__()
        self.inner = Deep(depth - 1) if depth > 0 else torch.nn.Linear(7, 3)

    def forward(self, a: Tensor) -> Tensor:
        return self.inner(a)


class Weighed(torch.nn.Module):
    """The mean of the 16 TMs by a matrix product."""

    def forward(self, history: Tensor) -> Tensor:
        weights = torch.full([1, 16], 1.0 / 16, device=history.device)
        return (weights @ history[0].flatten(1)).view(1, 1, history.size(2), history.size(3))


class Nan(torch.nn.Module):
    def forward(self, history: Tensor) -> Tensor:
        return history[:, -1:] * float("nan")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    model, config, scaling = write_windows(f"{FOLDER}/window.txt")
    state = {"nodes": tiny.NODES, "config": config, "step": 0, "strength": 1.0}
    export.export_model(model, state, scaling, tiny.STEP, f"{FOLDER}/tiny", 10, {})
    export.export_model(model, {**state, "strength": 0.0}, scaling, tiny.STEP, f"{FOLDER}/tiny-paths", 10, {})
    model, scaling = tiny.for_any(config)
    export.export_model(model, {**state, "nodes": [], "strength": 0.0}, scaling, 0, f"{FOLDER}/tiny-any", 10, {})
    for module in (Last(), Noisy(), Context(), Odd(), Flat(), Pair(), Echo(), Deep(), Weighed(), Nan()):
        path = f"{FOLDER}/{type(module).__name__.lower()}.pt"
        torch.jit.save(torch.jit.script(module.eval()), path)
        export.strip_debug(path)


if __name__ == "__main__":
    main()
