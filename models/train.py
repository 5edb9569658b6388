"""Trains LEAD in two parts. First the base forecast learns the quantiles of every OD pair (pinball loss); then it is
frozen, and encoder, adapters, pooling and denoiser learn by diffusion what it leaves over. The backbone never learns. In
the end the spread of the samples is calibrated on the choosing part.

    /usr/bin/python3 -m models.train models/configs/abilene.json [--data DIR] [--run DIR] [--backbone DIR]
        [--threads N]

A configuration with "base_run" takes the base forecast of that run and trains the rest alone.

Kill it at any moment; the same command goes on from the last saved state and ends in the same result. RUN/base.csv and
RUN/diffusion.csv hold losses and validation scores (name_step: at that many steps ahead).
"""
import os

import numpy as np
import torch
from torch.nn import functional as F

from models import backbone, calibrate, fit_scaling, sample, shared_base
from models.export import write_json
from models.lead import diffusion, normal_score, tm_image
from models.lead.model import build
from models.training import Loop, parse_arguments, provenance

MIXING_WINDOWS = 1000


def drop_frames(rng, rows, history, chance):
    """Rows [B, F] with, at times, all of yesterday or a fifth of the older frames missing."""
    rows = rows.copy()
    yesterday = rows.shape[1] - history
    rows[rng.random(len(rows)) < chance, :yesterday] = -1
    thin = (rng.random(len(rows)) < chance)[:, None] & (rng.random(rows.shape) < 0.2)
    thin[:, -1] = False
    return np.where(thin, -1, rows)


def pair_weights(share, power):
    """Weight [N, N] of every OD pair: its share to a power, mean 1 off the diagonal, on which it is 0."""
    weight = np.zeros_like(share)
    weight[share > 0] = share[share > 0] ** power
    return weight / weight[weight > 0].mean()


class Part(Loop):
    """What the two parts have in common: windows of the fitting part, scores on those of the choosing part."""

    def __init__(self, run, name, config, learner, model, prepared, share):
        self.score_names = sample.score_names(config)
        self.model, self.share = model, share
        self.series, self.lags, self.fit, self.choose = prepared
        super().__init__(run, name, config, learner)

    def batch(self, rng):
        """Window and targets [B, H, N, N] over its scale."""
        chosen = rng.integers(len(self.fit[0]), size=self.settings["windows"])
        rows = drop_frames(rng, self.fit[0][chosen], self.config["history"], self.settings["drop_frames"])
        window = sample.make_windows(self.series, rows, self.config["history"], self.lags, self.share)
        return window, sample.relative_to(window, self.series.tms[self.fit[1][chosen]])

    def scores(self):
        rows, targets = sample.pick(*self.choose, self.settings["score_windows"])
        samples = sample.over_windows(self.samples, rows, self.series, self.config, self.lags, self.share)
        return sample.score(samples, self.series, targets, self.config)

    def samples(self, window, start):
        """[S, B, H, N, N] in bit/s for scoring."""
        raise NotImplementedError


class BasePart(Part):
    """`learner`, which gives the quantiles of `model`, by the pinball loss over their levels."""

    def __init__(self, run, config, learner, model, prepared, share):
        self.pairs = pair_weights(share, -config["training"]["base"]["weight_power"])
        self.levels = torch.tensor(normal_score.LEVELS)[:, None, None]
        super().__init__(run, "base", config, learner, model, prepared, share)

    def loss(self, step):
        """An error counts by its size in bit/s over the window's level, times pair_weights."""
        window, y = self.batch(np.random.default_rng([self.config["seed"], 1, step]))
        weight = self.pairs * window.scale / window.level[:, None, None]
        weight = torch.tensor(weight * len(weight[0]) ** 2, dtype=torch.float32)
        error = torch.tensor(y, dtype=torch.float32)[:, :, None] - sample.opinions_of(self.model, window).clamp(min=0.0)
        pinball = (self.levels * error + F.relu(-error)).mean(3)
        return (weight[:, None] * pinball).mean()

    def samples(self, window, start):
        return sample.base_window(self.model, window, self.settings["score_samples"])

    def choice(self, scores):
        return np.mean([scores[f"ncrps_{step}"] for step in sample.scored_steps(self.config)])


class DiffusionPart(Part):
    """Everything but the base forecast, by the mean square error of the denoiser's output."""

    def __init__(self, run, config, model, prepared, share):
        self.angles = torch.tensor(diffusion.angles(), dtype=torch.float32)
        self.pairs = torch.tensor(pair_weights(share, config["training"]["diffusion"]["weight_power"]),
                                  dtype=torch.float32)
        for name, parameter in model.base.named_parameters():
            parameter.requires_grad_(name.startswith("map."))
        super().__init__(run, "diffusion", config, model, model, prepared, share)
        self.scaling = normal_score.uncalibrated(share, self.fit_mixing())

    def white(self, window, y, rng):
        """w [B, H, N, N] of targets over their scale, 0 on the diagonal."""
        with torch.no_grad():
            quantiles = sample.quantiles_of(self.model, window).double().numpy()
        return normal_score.random_score_of(y, quantiles, rng)

    def advance(self):
        self.model.base.eval()  # its dropout would blur what is diffused
        return super().advance()

    def fit_mixing(self):
        """The mixing matrix of windows of the fitting part."""
        rows, targets = sample.pick(*self.fit, MIXING_WINDOWS)
        rng, parts = np.random.default_rng(self.config["seed"]), []
        for start in range(0, len(rows), sample.CHUNK):
            window = sample.make_windows(self.series, rows[start:start + sample.CHUNK], self.config["history"],
                                         self.lags, self.share)
            y = sample.relative_to(window, self.series.tms[targets[start:start + sample.CHUNK]])
            parts.append(self.white(window, y, rng))
        return fit_scaling.mixing(np.concatenate(parts))

    def noised(self, w, rng):
        """(noisy w, diffusion steps, what the network should say), `noises` of each window."""
        w = torch.tensor(w, dtype=torch.float32).repeat_interleave(self.settings["noises"], 0)
        noise = torch.tensor(rng.standard_normal(w.shape), dtype=torch.float32)
        even = (rng.permutation(len(w)) + rng.random(len(w))) / len(w)
        steps = torch.tensor((even * diffusion.STEPS).astype(np.int64))
        noisy, v = diffusion.add_noise(w, noise, self.angles[steps])
        return noisy, steps.float(), v

    def loss(self, step):
        rng = np.random.default_rng([self.config["seed"], 2, step])
        window, y = self.batch(rng)
        w = normal_score.unmix(self.white(window, y, rng), self.scaling.mixing)
        noisy, steps, wanted = self.noised(w, rng)
        conditions = [tensor.repeat_interleave(self.settings["noises"], 0)
                      for tensor in self.model.conditions(*sample.tensors(window))[:3]]
        return (self.pairs * (self.model.denoiser(noisy, steps, *conditions) - wanted) ** 2).mean()

    def samples(self, window, start):
        return sample.sample_window(self.model, window, self.scaling, self.settings["score_samples"],
                                    self.settings["score_steps"], self.config["seed"] + start)

    def choice(self, scores):
        """ncrps and energy count alike."""
        return np.mean([scores[f"{name}_{step}"] for name in ("ncrps", "energy")
                        for step in sample.scored_steps(self.config)])

    def state(self):
        return {**super().state(), "nodes": self.series.nodes, "scaling": vars(self.scaling)}


def make_parts(config, run, prepared, backbone_state, base_state=None):
    """The two trainings; the second is only there once the first is done: a generator. With `base_state` of
    shared_base.load the first is another run's, and not here."""
    series, _, fit, _ = prepared
    model = build(len(series.nodes), config, backbone_state)
    share = fit_scaling.shares(series)
    if base_state:
        shared_base.take(model.base, base_state)
    else:
        rows, _ = tm_image.fill_rows(fit[0], config["history"])
        fit_scaling.fit_base(model.base, series, rows, fit[1], share)
        base = BasePart(run, config, model.base, model, prepared, share)
        yield base
        base.use_best()
    yield DiffusionPart(run, config, model, prepared, share)


def start(config, folder, run, backbone_folder=None):
    """make_parts of a configuration, with its data, backbone and base; writes RUN/command.json."""
    config, backbone_state = backbone.load(config, backbone_folder)
    config, base_state = shared_base.load(config)
    os.makedirs(run, exist_ok=True)
    prepared = sample.prepare(config, folder)
    write_json(f"{run}/command.json", provenance(config, prepared[0]))
    return make_parts(config, run, prepared, backbone_state, base_state)


def main():
    arguments = parse_arguments(__doc__.splitlines()[0], backbone=True)
    for part in start(arguments.config, arguments.data, arguments.run, arguments.backbone):
        part.train()
    calibrate.fit(arguments.run, arguments.data)


if __name__ == "__main__":
    main()
