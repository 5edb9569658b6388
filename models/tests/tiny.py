"""A tiny network, a tiny model and small synthetic TMs that the tests share."""
import copy

import numpy as np
import torch

from models import data, fit_scaling, sample, synthetic, train
from models.lead import normal_score, paths, spans, tm_image
from models.lead.model import build, build_base, day_lags

NODES = ["A", "B", "C", "D", "E"]
STEP = 3600
BANK = 30  # windows
SHA256 = "0" * 64
CONFIG = {
    "name": "tiny", "data": "tiny", "seed": 7, "history": 6, "horizon": 2, "day_offsets": [-1, 0, 1],
    "model": {"backbone": "random",
              "qwen2": {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                        "intermediate_size": 24},
              "image": "rgb", "condition": "both", "bottleneck": 4, "channels": 4, "kept": 2, "token": 12,
              "aggregator_layers": 1, "pair_embedding": 2, "base": 12, "base_depth": 2, "base_networks": 2,
              "base_dropout": 0.1, "base_way": 0.4, "map": 8, "width": 8, "heads": 2, "dropout": 0.1},
    "training": {
        "base": {"steps": 60, "windows": 8, "pairs": 10, "learning_rate": 0.003, "warm_up": 5, "weight_decay": 0.01, "ema": 0.9,
                 "weight_power": 0.5, "drop_frames": 0.1, "save_every": 10, "score_every": 60, "score_windows": 8,
                 "score_samples": 4},
        "folds": {"blocks": 3, "steps": 60, "windows": 8, "pairs": 10, "residuals": 60, "learning_rate": 0.003, "warm_up": 5,
                  "weight_decay": 0.01, "ema": 0.9, "weight_power": 0.5, "drop_frames": 0.1, "save_every": 10},
        "diffusion": {"steps": 60, "windows": 8, "noises": 2, "learning_rate": 0.003, "warm_up": 5, "weight_decay": 0.01,
                      "ema": 0.9, "weight_power": 0.5, "drop_frames": 0.1, "save_every": 10, "score_every": 60,
                      "score_windows": 8, "score_samples": 4, "score_steps": 4}},
}


def config(**changes):
    """A copy of CONFIG with changed values; those of "model" and "training" are merged."""
    made = copy.deepcopy(CONFIG)
    for key, value in changes.items():
        made[key] = {**made[key], **value} if isinstance(value, dict) else value
    return made


def series(length=300, seed=3):
    """A Series of synthetic hourly TMs of about 1 Gbit/s."""
    tms = 1e9 * synthetic.sequence(np.random.default_rng(seed), length, len(NODES), STEP)
    times = 1_090_000_800 // STEP * STEP + STEP * np.arange(length)
    cut = [data.end_of(times, share) for share in data.SPLIT]
    return data.Series("tiny", NODES, STEP, times, tms, *cut, length, SHA256)


def prepare(config):
    """What sample.prepare gives, for the tiny series."""
    made = series()
    days = day_lags(config, STEP)
    parts = [data.windows(made, config["history"], days, config["horizon"], part) for part in ("fit", "choose")]
    return made, data.frame_lags(config["history"], days), parts[0], parts[1]


def even_noise(seed, samples, cells):
    """Normal scores [S, C] of independent cells; the samples of each lie one in each of S equally likely intervals."""
    rng = np.random.default_rng(seed)
    rank = np.argsort(rng.random((samples, cells)), axis=0)
    return normal_score.normal_quantile((rank + rng.random((samples, cells))) / samples)


def parts(config, run, prepared=None):
    """The two parts of a training in the folder `run`, see train.make_parts."""
    return train.make_parts(config, run, prepared or prepare(config), None)


def shaken(config, prepared):
    """A model whose base is fitted and whose zero-initialised branches do something, and a Scaling for it."""
    made, lags, fit, _ = prepared
    model = build(len(NODES), config)
    share = fit_scaling.shares(made)
    rows, _ = tm_image.fill_rows(fit[0], config["history"])
    fit_scaling.fit_base(model.base, made, rows, fit[1], lags, share)
    generator = torch.Generator().manual_seed(11)
    for parameter in model.parameters():
        parameter.data.add_(0.1 * torch.randn(parameter.shape, generator=generator))
    rng = np.random.default_rng(12)
    walk = rng.standard_normal((BANK, config["horizon"], len(NODES), len(NODES))).cumsum(1)
    bank = paths.to_bank(paths.even(walk, rng))
    calibration = np.stack([np.tile(one, (config["horizon"], 1)) for one in ([0.1, 0.9], [-0.1, 1.2])])
    return model.eval(), normal_score.Scaling(share, bank, np.array([0.3e9]), calibration, 0.1)


def for_any(config):
    """A shaken base forecast for any network, as a model, and a Scaling with paths of another network."""
    torch.manual_seed(5)
    model = torch.nn.Module()
    model.base = build_base(1, {**config, "model": {**config["model"], "pair_embedding": 0, "base_way": 0.0}}, 2).eval()
    for parameter in model.base.parameters():
        parameter.data.add_(0.1 * torch.randn(parameter.shape))
    model.base.ridge.weights.add_(0.1 * torch.rand(model.base.ridge.weights.shape))
    rng = np.random.default_rng(13)
    bank = paths.to_bank(paths.even(rng.standard_normal((BANK, config["horizon"], 7)).cumsum(1), rng))
    return model, normal_score.uncalibrated(np.empty(0), bank, 0.3)


def inputs(prepared, config, rows):
    """images, and what sample.base_inputs gives, of the windows at rows [B, F]."""
    made = window(prepared, config, rows)
    return torch.from_numpy(made.images), *sample.base_inputs(made)


def conditions(model, images, *base_inputs):
    """g, c, map and quantiles."""
    quantiles, spatial = model.base(*base_inputs)
    return *model.conditions(images, base_inputs[1]), spatial, quantiles


def window(prepared, config, rows):
    made, lags, _, _ = prepared
    return sample.make_windows(made, rows, config["history"], lags, fit_scaling.shares(made),
                               spans.spans_of(STEP, config["horizon"]))
