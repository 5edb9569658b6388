"""LEAD as the paper has it (Sun et al., arXiv 2601.21437), as far as it is public: no base forecast. A conditional diffusion model makes
the residual from the last value, over a scale of every OD pair and step ahead, from noise: TM images -> encoder -> frozen LLM with
adapters -> conditions -> U-Net. Samples are last + scale * residual as they come: neither put into another order nor calibrated.

What the paper does not say is LEAD's own here (models/lead, in the sizes of models/configs/FILE-80.json); so is the map of every pair's
own history that the U-Net is told: without it pairs could not be told apart. Of several networks each makes its part of the samples.
Trained by models/train_compare.py; the file is a predictor as in models/compare/predictor.py.
"""
import json
from typing import List, Tuple

import numpy as np
import torch
from torch import Tensor, nn

from models import backbone, sample
from models.compare.predictor import Windowed
from models.lead import diffusion, qwen2
from models.lead.model import build
from models.lead.normal_score import CEILING
from models.source import pair_weights
from models.train import Part

NAME = "pure_lead"
STEPS = 10  # of diffusion, when samples are made
EMBEDDING = 16
SPREAD_FLOOR = 1e-3
SPREAD_WINDOWS = 2000


def differences(values: Tensor) -> Tensor:
    """tm_image.differences of [B, F, N, N]."""
    return torch.cat([torch.zeros_like(values[:, :1]), values[:, 1:] - values[:, :-1]], 1)


class PureLead(nn.Module):
    """Of relative [B, F, N, N] and features [B, F + 1, 9] (see models/lead/tm_image.py): conditions, and residuals in units of the scale.
    `spread` [H, N, N]: the residuals' root mean square in the fitting part."""

    def __init__(self, lead, nodes: int, frames: int, history: int, horizon: int, map_width: int):
        super().__init__()
        self.history, self.horizon, self.nodes = history, horizon, nodes
        self.encoder, self.conditioner, self.denoiser = lead.encoder, lead.conditioner, lead.denoiser
        self.pair = nn.Parameter(0.1 * torch.randn(1, EMBEDDING, nodes, nodes))
        self.look = nn.Conv2d(frames + EMBEDDING, map_width, 1)
        visited = diffusion.timesteps(STEPS)
        self.register_buffer("visited", torch.tensor(visited, dtype=torch.float32))
        self.register_buffer("angles", torch.tensor(np.append(diffusion.angles()[visited], 0.0), dtype=torch.float32))
        self.register_buffer("spread", torch.ones(horizon, nodes, nodes))

    def images(self, relative: Tensor) -> Tensor:
        """[B, F, 3, N, N] of tm_image.image_channels."""
        groups: List[Tensor] = []
        bent = torch.asinh(relative)
        for part in (bent[:, :-self.history], bent[:, -self.history:]):
            trend = differences(part)
            groups.append(torch.stack([part, trend, differences(trend)], 2))
        return torch.cat(groups, 1)

    def conditions(self, relative: Tensor, features: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """g [B, D], c [B, F + 1, D] and map [B, M, N, N]."""
        g, c = self.conditioner(self.encoder(self.images(relative)), features)
        seen = torch.cat([torch.asinh(relative), self.pair.expand(relative.size(0), -1, -1, -1)], 1)
        return g, c, self.look(seen)

    def residuals(self, relative: Tensor, features: Tensor, count: int) -> Tensor:
        """`count` samples [S, H, N, N] of one window, by Euler's steps along the angle."""
        g, c, spatial = self.conditions(relative, features)
        x = torch.randn([count, self.horizon, self.nodes, self.nodes], device=relative.device)
        for at in range(len(self.visited)):
            x = x - (self.angles[at] - self.angles[at + 1]) * self.denoiser(x, self.visited[at:at + 1], g, c, spatial)
        return self.spread * x

    def forward(self, relative: Tensor, features: Tensor, noisy: Tensor, step: Tensor) -> Tensor:
        """What the U-Net says of noisy residuals over their spread, `noises` in turn of each window: noisy [B noises, H, N, N]."""
        noises = noisy.size(0) // relative.size(0)
        g, c, spatial = self.conditions(relative, features)
        g, c, spatial = g.repeat_interleave(noises, 0), c.repeat_interleave(noises, 0), spatial.repeat_interleave(noises, 0)
        return self.denoiser(noisy, step, g, c, spatial)


class PurePredictor(Windowed):
    """Samples of PureLeads' residuals, in equal parts."""

    def __init__(self, networks, share, lags, step):
        super().__init__(networks[0].history, networks[0].horizon, share, lags, step, even=False)
        self.networks = nn.ModuleList(networks)

    def forward(self, history: Tensor, context: Tensor) -> Tensor:
        relative, features, scale, level = self.window(history, context[2].double())
        count, made = int(context[0]), 0
        parts: List[Tensor] = []
        for index, network in enumerate(self.networks):
            until = count * (index + 1) // len(self.networks)
            parts.append(network.residuals(relative, features, until - made))
            made = until
        y = (relative[:, -1:] + torch.cat(parts)).double().clamp(min=0.0)
        return torch.minimum(scale * y, self.ceiling * level).float()


def fit_spread(series, config, lags, fit, share):
    """Root mean square [H, N, N] of the residuals from the last value over the scale, in the fitting part."""
    rows, targets = sample.pick(*fit, SPREAD_WINDOWS)

    def residuals(window, start):
        return (sample.relative_to(window, series.tms[targets[start:start + sample.CHUNK]]) - window.relative[:, -1:])[None]

    found = sample.over_windows(residuals, rows, series, config, lags, share)[0]
    return np.maximum(np.sqrt((found ** 2).mean(0)), SPREAD_FLOOR)


def sizes_of(config):
    """The configuration that the model's sizes and its backbone come from: its own, where it says them, or LEAD's on the same file."""
    if "model" in config:
        return config
    with open(f"models/configs/{config['data']}-80.json") as file:
        return {**json.load(file), "seed": config["seed"]}


def make(config, prepared, share):
    """A new PureLead of the configuration's seed, its spread fitted."""
    series, lags, fit, _ = prepared
    sizes, backbone_state = backbone.load(sizes_of(config))
    lead = build(len(series.nodes), sizes, backbone_state)
    network = PureLead(lead, len(series.nodes), len(lags), config["history"], config["horizon"], sizes["model"]["map"])
    network.spread.copy_(torch.from_numpy(fit_spread(series, config, lags, fit, share)))
    return network


class PurePart(Part):
    """The training of one PureLead: the mean square error of what its U-Net says."""

    def __init__(self, run, config, prepared, share):
        self.score_names = sample.score_names(config)
        self.angles = torch.tensor(diffusion.angles(), dtype=torch.float32)
        network = make(config, prepared, share)
        super().__init__(run, "base", config, network, network, prepared, share)
        self.pairs = torch.tensor(pair_weights(share, self.settings["weight_power"]), dtype=torch.float32)

    def loss(self, step):
        rng = np.random.default_rng([self.config["seed"], 2, step])
        window, y = self.source.batch(rng, self.settings)
        relative, features = sample.base_inputs(window)[:2]
        w = (torch.tensor(y, dtype=torch.float32) - relative[:, -1:]) / self.learner.spread
        w = w.repeat_interleave(self.settings["noises"], 0)
        noise = torch.tensor(rng.standard_normal(w.shape), dtype=torch.float32)
        even = (rng.permutation(len(w)) + rng.random(len(w))) / len(w)
        steps = torch.tensor((even * diffusion.STEPS).astype(np.int64))
        noisy, wanted = diffusion.add_noise(w, noise, self.angles[steps])
        return (self.pairs * (self.learner(relative, features, noisy, steps.float()) - wanted) ** 2).mean()

    @torch.no_grad()
    def samples(self, window, start):
        torch.manual_seed(self.config["seed"] + start)
        relative, features = sample.base_inputs(window)[:2]
        found = torch.stack([self.learner.residuals(relative[b:b + 1], features[b:b + 1], self.settings["score_samples"])
                             for b in range(len(relative))], 1)
        y = np.maximum((relative[:, -1:] + found).double().numpy(), 0.0)
        return np.minimum(window.scale[:, None] * y, CEILING * window.level[:, None, None, None])

    def choice(self, scores):
        return np.mean([scores[f"ncrps_{step}"] for step in sample.scored_steps(self.config)])


def make_predictor(parts, share):
    """The PurePredictor of trained parts."""
    series, lags = parts[0].series, parts[0].lags
    return PurePredictor([qwen2.merged(part.learner) for part in parts], share, lags, series.step).eval()
