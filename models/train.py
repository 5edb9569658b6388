"""Trains LEAD in three parts. First the base forecast learns the quantiles of every OD pair (pinball loss), and smaller ones on parts of
the time alone, whose errors on the rest are the paths that samples start from (models/crossfit.py). Then encoder, adapters, pooling and
denoiser learn by diffusion how paths depend on what was seen. The backbone never learns. In the end the spread of
the samples is calibrated on the choosing part.

    /usr/bin/python3 -m models.train models/configs/abilene.json [--data DIR] [--run DIR] [--backbone DIR]
        [--threads N]

A configuration with "base_run" takes the base forecast and the paths of that run and trains the rest alone; with "from_checkpoint" its base
forecasts begin with what that checkpoint's has learnt (models/from_checkpoint.py).

Kill it at any moment; the same command goes on from the last saved state and ends in the same result. RUN/base.csv
and RUN/diffusion.csv hold losses and validation scores (name_step: at that many steps ahead), RUN/fold-N.csv losses.
"""
import os

import numpy as np
import torch
from torch.nn import functional as F

from models import backbone, calibrate, crossfit, data, fit_scaling, from_checkpoint, sample, shared_base
from models.export import write_json
from models.lead import diffusion, normal_score, paths, tm_image
from models.lead.base import all_pairs
from models.lead.model import build, build_base
from models.source import Source, pair_weights
from models.training import Loop, parse_arguments, provenance


class Part(Loop):
    """What the parts have in common: windows of the fitting part, scores on those of the choosing part."""

    def __init__(self, run, name, config, learner, model, prepared, share):
        self.model, self.share = model, share
        self.series, self.lags, self.fit, self.choose = prepared
        self.source = Source(self.series, self.lags, self.fit, config, share)
        super().__init__(run, name, config, learner)

    def scores(self):
        rows, targets = sample.pick(*self.choose, self.settings["score_windows"])
        samples = sample.over_windows(self.samples, rows, self.series, self.config, self.lags, self.share)
        return sample.score(samples, self.series, targets, self.config)

    def samples(self, window, start):
        """[S, B, H, N, N] in bit/s for scoring."""
        raise NotImplementedError


def pinball(y, quantiles):
    """The pinball loss [...] of y [...] and quantiles [..., K], the mean over the levels."""
    error = y[..., None] - quantiles.clamp(min=0.0)
    return (torch.tensor(normal_score.LEVELS) * error + F.relu(-error)).mean(-1)


class BasePart(Part):
    """`learner`, which gives the quantiles of `model`, by the pinball loss over their levels."""

    def __init__(self, run, name, config, learner, model, prepared, share):
        self.score_names = self.scored(config)
        super().__init__(run, name, config, learner, model, prepared, share)

    def scored(self, config):
        """Names of the validation scores."""
        return sample.score_names(config)

    def loss(self, step):
        """An error counts by its size in bit/s over the window's level, times pair_weights."""
        window, y = self.source.batch(np.random.default_rng([self.config["seed"], 1, step]), self.settings)
        pairs = pair_weights(self.share, -self.settings["weight_power"])
        weight = torch.tensor(pairs * window.size * pairs.size, dtype=torch.float32)
        quantiles = sample.quantiles_of(self.model, window).movedim(2, -1)
        return (weight[:, None] * pinball(torch.tensor(y, dtype=torch.float32), quantiles)).mean()

    def samples(self, window, start):
        return sample.base_window(self.model, window, self.settings["score_samples"])

    def choice(self, scores):
        return np.mean([scores[f"ncrps_{step}"] for step in sample.scored_steps(self.config)])


def whole_picture(opinions, nodes):
    """Quantiles [B, H, K, N, N] of the mean of opinions [E, B, N N, H, K]."""
    picture = opinions.mean(0).permute(0, 2, 3, 1).unflatten(3, (nodes, nodes))
    return picture * (1.0 - torch.eye(nodes))


class PairPart(BasePart):
    """The networks of a BaseForecast, scored by themselves: they see one OD pair at a time, a draw of the pairs is learnt from, and
    in the mean the loss is that of BasePart."""

    def __init__(self, run, name, config, base, prepared, share):
        self.base = base
        super().__init__(run, name, config, base.pairs, self, prepared, share)

    def quantiles(self, *inputs):
        """[B, H, K, N, N]: the mean of the networks, not steered."""
        return whole_picture(self.base.pair_opinions(*inputs, all_pairs(inputs[0])), inputs[0].size(2))

    def loss(self, step):
        inputs, y, weight = self.source.pairs(np.random.default_rng([self.config["seed"], *self.stream, step]), self.settings)
        return (weight[..., None] * pinball(y, self.base.pair_opinions(*inputs))).mean()

    @property
    def stream(self):
        """What the random numbers of its batches differ by from other parts'."""
        return (1,)


class FoldPart(PairPart):
    """The base forecast of one block of models/crossfit.py; `prepared` has the windows that it may see."""

    def __init__(self, run, index, config, base, prepared, share):
        self.index = index
        super().__init__(run, f"fold-{index}", config, base, prepared, share)

    def scored(self, config):
        return ()

    @property
    def stream(self):
        return (6, self.index)


def noised(w, start, noises, rng):
    """(noisy w, diffusion steps, what the network should say), `noises` of each window w [B, H, N, N]; what takes the place
    of noise are paths `start` [W, H, N, N] of other windows."""
    w = torch.from_numpy(w).repeat_interleave(noises, 0)
    noise = torch.from_numpy(start[rng.integers(len(start), size=len(w))])
    even = (rng.permutation(len(w)) + rng.random(len(w))) / len(w)
    steps = (even * diffusion.STEPS).astype(np.int64)
    noisy, v = diffusion.add_noise(w, noise, torch.tensor(diffusion.angles()[steps], dtype=torch.float32))
    return noisy, torch.tensor(steps).float(), v


class DiffusionPart(Part):
    """Everything but the base forecast, by the mean square error of the denoiser's output. What is learnt are the paths of
    cross-fitted residuals; what takes the place of noise are other such paths, which a sample starts from."""

    def __init__(self, run, config, model, prepared, share, residuals):
        self.score_names = sample.score_names(config)
        self.pairs = torch.tensor(pair_weights(share, config["training"]["diffusion"]["weight_power"]),
                                  dtype=torch.float32)
        for name, parameter in model.base.named_parameters():
            parameter.requires_grad_(name.startswith("map."))
        self.truth, self.rows, _ = residuals
        if config["training"]["diffusion"]["steps"] > 0:
            self.start = paths.even(self.truth.astype(np.float32), np.random.default_rng([config["seed"], 7])).astype(np.float32)
        self.scaling = normal_score.uncalibrated(share, crossfit.bank_of(residuals, config["seed"]))
        super().__init__(run, "diffusion", config, model, model, prepared, share)

    def advance(self):
        self.model.base.eval()  # its dropout would blur what is diffused
        return super().advance()

    def loss(self, step):
        rng = np.random.default_rng([self.config["seed"], 2, step])
        chosen = rng.integers(len(self.start), size=self.settings["windows"])
        window = self.source.window(rng, self.rows[chosen], self.settings["drop_frames"])
        noisy, steps, wanted = noised(self.truth[chosen].astype(np.float32), self.start, self.settings["noises"], rng)
        g, c = self.model.conditions(torch.from_numpy(window.images), torch.from_numpy(window.features))
        spatial = self.model.base(*sample.base_inputs(window))[1]
        conditions = [tensor.repeat_interleave(self.settings["noises"], 0) for tensor in (g, c, spatial)]
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


def make_folds(config, run, prepared, share, beginning):
    """The trainings of models/crossfit.py, one after the other."""
    series, lags, fit, choose = prepared
    for index, (others, _) in enumerate(crossfit.blocks(series, fit, config["training"]["folds"]), 1):
        torch.manual_seed(config["seed"] + index)
        base = build_base(len(series.nodes), config, 1)
        rows, _ = tm_image.fill_rows(others[0], config["history"])
        fit_scaling.fit_base(base, series, rows, others[1], lags, share)
        beginning.fill(base)
        yield FoldPart(run, index, config, base, (series, lags, others, choose), share)


def make_residuals(config, run, prepared, share, beginning):
    """The folds' trainings, and in the end their residuals, unless these are there."""
    if crossfit.load(run, config, prepared[0].sha256) is not None:
        return
    folds = []
    for fold in make_folds(config, run, prepared, share, beginning):
        yield fold
        fold.use_best()
        beginning.settle(fold.base)
        folds.append(fold.base)
    crossfit.measure(run, folds, prepared, config, share)


def make_base(config, run, prepared, base, share, beginning):
    """The trainings of the base forecast and of the folds; it and their residuals lie in `run` in the end."""
    series, lags, fit, _ = prepared
    rows, _ = tm_image.fill_rows(fit[0], config["history"])
    fit_scaling.fit_base(base, series, rows, fit[1], lags, share)
    beginning.fill(base)
    part = PairPart(run, "base", config, base, prepared, share)
    yield part
    part.use_best()
    beginning.choose(base, part)
    yield from make_residuals(config, run, prepared, share, beginning)
    shared_base.save(run, config, base)


def make_parts(config, run, prepared, backbone_state, given=None, beginning=from_checkpoint.Beginning({})):
    """The trainings, each of which is only there once those before it are done: a generator. With `given` of
    shared_base.load (a base's parameters, residuals) the base's are another run's, and not here; `beginning`: what they begin with."""
    series, _, fit, _ = prepared
    model = build(len(series.nodes), config, backbone_state)
    share = fit_scaling.shares(series)
    if given:
        model.base.load_state_dict(given[0])
        model.base.eval()
    else:
        yield from make_base(config, run, prepared, model.base, share, beginning)
    residuals = given[1] if given else crossfit.load(run, config, series.sha256)
    yield DiffusionPart(run, config, model, prepared, share, residuals)


MODEL_KEYS = {"backbone", "qwen2", "image", "condition", "bottleneck", "lora", "channels", "kept", "token", "aggregator_layers", "pair_embedding", "base",
              "base_depth", "base_networks", "base_dropout", "base_way", "map", "width", "heads", "dropout"}
PARTS = {"base", "folds", "diffusion"}


def check_keys(config):
    """Refuses keys that nothing reads: of other versions, or misspelt."""
    for place, known in (("model", MODEL_KEYS), ("training", PARTS)):
        for key in sorted(set(config[place]) - known):
            raise SystemExit(f"{config['name']}: \"{place}\" has a key \"{key}\", which nothing reads: leave it out; known are {', '.join(sorted(known))}")


def prepare(config, folder):
    """sample.prepare; tells that there is too little to fold before hours are spent."""
    prepared = sample.prepare(config, folder)
    try:
        list(crossfit.blocks(prepared[0], prepared[2], config["training"]["folds"]) if "base_run" not in config else ())
    except SystemExit as error:
        raise SystemExit(f"{data.tm_path(folder, config['data'])}: {error}. Until there are more, `any` forecasts: predict: {{ model: lead }}") from error
    return prepared


def start(config, folder, run, backbone_folder=None):
    """make_parts of a configuration, with its data, backbone and base; writes RUN/command.json."""
    check_keys(config)
    config, beginning = from_checkpoint.load(config)
    config, backbone_state = backbone.load(config, backbone_folder)
    prepared = prepare(config, folder)
    config, given = shared_base.load({**config, "tm_sha256": prepared[0].sha256}, prepared[0].sha256)
    os.makedirs(run, exist_ok=True)
    write_json(f"{run}/command.json", provenance(config, prepared[0]))
    return make_parts(config, run, prepared, backbone_state, given, beginning)


def main():
    arguments = parse_arguments(__doc__.splitlines()[0], backbone=True)
    for part in start(arguments.config, arguments.data, arguments.run, arguments.backbone):
        part.train()
    calibrate.fit(arguments.run, arguments.data)


if __name__ == "__main__":
    main()
