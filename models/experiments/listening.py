"""A base forecast and a denoiser that both hear what the LLM makes of the past: what `models.experiments llm` trains.

The global condition g scales and shifts the first inner state of a pair network, the sequence c is asked by attention; both
do nothing when training begins. The denoiser has them as in LEAD, and no map of each pair's own history beside them. The
LLM sees the last frames alone, not yesterday's: 17 tokens.
"""
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from models import fit_scaling, sample
from models.lead import paths, qwen2, tm_image
from models.lead.base import all_pairs
from models.lead.conditioner import Conditioner, is_given
from models.lead.encoder import Encoder
from models.lead.layers import zero_
from models.lead.model import build_base
from models.lead.unet import Denoiser
from models.source import pair_weights
from models.train import Part, noised, pinball

EACH = 32  # width of the attention to c
WORD = 0.02  # of the tokens' values at first: about those of a language model's words
PATHS = 0.1  # of the denoiser's loss beside the base forecast's: so both count alike
TRAINING = {"windows": 8, "noises": 2, "learning_rate": 0.001, "warm_up": 50, "weight_decay": 0.02, "ema": 0.99,
            "weight_power": 0.5, "drop_frames": 0.05, "save_every": 100}
DENOISING_STEPS = 4


class Listening(nn.Module):
    """(x [B, P, W], g [B, D], c [B, S, D]) -> [B, P, W]: x at the start of training."""

    def __init__(self, width, width_c):
        super().__init__()
        self.modulate = zero_(nn.Linear(width_c, 2 * width))
        self.query, self.key_value = nn.Linear(width, EACH), nn.Linear(width_c, 2 * EACH)
        self.out = zero_(nn.Linear(EACH, width))

    def forward(self, x, g, c):
        scale, shift = self.modulate(g)[:, None].chunk(2, 2)
        x = x * (1.0 + scale) + shift
        k, v = self.key_value(c).chunk(2, 2)
        return x + self.out((self.query(x) @ k.transpose(1, 2) * EACH ** -0.5).softmax(2) @ v)


class Silence(nn.Module):
    """(images, features) -> g and c that say nothing."""

    def __init__(self, width):
        super().__init__()
        self.width = width

    def forward(self, images, _):
        return torch.zeros(len(images), self.width), torch.zeros(len(images), 1, self.width)


class Speech(nn.Module):
    """(images [B, L, 3, N, N], features [B, L + 1, 9]) -> g [B, D], c [B, L + 1, D]: encoder, aggregator, LLM, pooling. `llm`:
    (kind of models/lead/conditioner.py, Qwen2Config, weights or None, rank of LoRA)."""

    def __init__(self, nodes, config, llm):
        super().__init__()
        kind, sizes, weights, lora = llm
        own = config["model"]
        self.encoder = Encoder(nodes, own["channels"], own["kept"], own["token"], own["image"])
        self.conditioner = Conditioner(kind, sizes, own["bottleneck"], lora, config["history"], own["token"], tm_image.FEATURES,
                                       own["aggregator_layers"])
        nn.init.constant_(self.conditioner.aggregator.norm.weight, WORD)
        if is_given(kind):
            qwen2.load_frozen(self.conditioner.backbone, weights)

    def forward(self, images, features):
        return self.conditioner(self.encoder(images), features)


def first_network(base, state):
    """Fills a BaseForecast of one pair network with the first of another run's, and what all of them see."""
    own = {name: tensor for name, tensor in state.items() if name.startswith(("ridge.", "pairs.")) and name in base.state_dict()}
    own["pairs.pair"] = state["pairs.pair"][:1]
    base.load_state_dict(own, strict=False)


class Arm(nn.Module):
    """One pair network of a trained base forecast (`state`), and a new denoiser, under the conditions of `llm` (see Speech);
    None: without any, of the same shape."""

    def __init__(self, nodes, config, state, width, llm):
        super().__init__()
        own = config["model"]
        self.history = config["history"]
        self.base = build_base(nodes, config, 1)
        first_network(self.base, state)
        self.base.map.requires_grad_(False)
        self.speak = Speech(nodes, config, llm) if llm else Silence(width)
        self.listen = Listening(own["base"], width)
        self.denoiser = Denoiser(nodes, config["horizon"], own["width"], width, 1, own["heads"], own["dropout"], "both")

    def conditions(self, images, features):
        """g and c of a batch of windows, each of mean 0 and variance 1."""
        g, c = self.speak(images[:, -self.history:], features[:, -self.history - 1:])
        return F.layer_norm(g, g.shape[-1:]), F.layer_norm(c, c.shape[-1:])

    def opinion(self, window, g, c):
        """Quantiles [B, N N, H, K] of y / scale."""
        relative, *rest = sample.base_inputs(window)
        pairs, networks = all_pairs(relative), self.base.pairs
        x, experts = networks.seen(relative, *rest, self.base.ridge(relative), pairs)
        network = networks.networks[0]
        return network.leave(self.listen(network.enter(networks.known(0, x, pairs)), g, c), experts)[0]


class ArmPart(Part):
    """Pinball loss of the base forecast and square error of the denoiser at once, on the windows of cross-fitted residuals:
    the LLM runs once for both."""

    def __init__(self, run, config, arm, prepared, share, residuals):
        self.truth, self.rows, self.targets = residuals
        self.start = paths.even(self.truth.astype(np.float32), np.random.default_rng([config["seed"], 7])).astype(np.float32)
        self.weight = pair_weights(share, -config["training"]["arm"]["weight_power"])
        self.pairs = torch.tensor(pair_weights(share, config["training"]["diffusion"]["weight_power"]), dtype=torch.float32)
        super().__init__(run, "arm", config, arm, arm, prepared, share)

    def base_loss(self, window, chosen, g, c):
        y = sample.relative_to(window, self.series.tms[self.targets[chosen]])
        y = torch.tensor(y, dtype=torch.float32).flatten(2).transpose(1, 2)
        weight = torch.tensor(self.weight * window.size * self.weight.size, dtype=torch.float32).flatten(1)
        return (weight[..., None] * pinball(y, self.model.opinion(window, g, c))).mean()

    def path_loss(self, chosen, rng, g, c):
        noises = self.settings["noises"]
        noisy, steps, wanted = noised(self.truth[chosen].astype(np.float32), self.start, noises, rng)
        g, c = (tensor.repeat_interleave(noises, 0) for tensor in (g, c))
        return (self.pairs * (self.model.denoiser(noisy, steps, g, c, no_map(noisy)) - wanted) ** 2).mean()

    def loss(self, step):
        rng = np.random.default_rng([self.config["seed"], 8, step])
        chosen = rng.integers(len(self.rows), size=self.settings["windows"])
        window = self.source.window(rng, self.rows[chosen], self.settings["drop_frames"])
        g, c = self.model.conditions(torch.from_numpy(window.images), torch.from_numpy(window.features))
        return self.base_loss(window, chosen, g, c) + PATHS * self.path_loss(chosen, rng, g, c)


def no_map(x):
    """[B, 1, N, N] of zeros, in the place of the map of each pair's own history."""
    return torch.zeros(len(x), 1, *x.shape[2:])


@torch.no_grad()
def sample_window(arm, window, bank, count, seed):
    """TMs [S, B, H, N, N] in bit/s, and those of the same forecast whose paths are the bank's own."""
    g, c = arm.conditions(torch.from_numpy(window.images), torch.from_numpy(window.features))
    nodes, batch = window.relative.shape[2], len(window.level)
    quantiles = arm.opinion(window, g, c).permute(0, 2, 3, 1).unflatten(3, (nodes, nodes))
    quantiles = (quantiles * (1.0 - torch.eye(nodes))).double().numpy()
    x = paths.make_even(paths.take(bank, seed, count, batch, nodes))
    spoken = paths.reorder(x, sample.denoise_batch(arm, window, no_map(torch.from_numpy(window.relative)), x, DENOISING_STEPS))
    return tuple(sample.tms_of(z.astype(np.float64), window, quantiles) for z in (spoken, x))


def train(setting, config, run, width, llm, given, prepared):
    """The trained Arm; goes on where an earlier call was killed."""
    state, residuals = given
    share = fit_scaling.shares(prepared[0])
    torch.manual_seed(config["seed"])
    arm = Arm(len(prepared[0].nodes), config, state, width, llm)
    part = ArmPart(run, config, arm, prepared, share, residuals)
    part.train()
    part.use_best()
    return arm, part


def cost_of_step(part):
    """Processor seconds of one step."""
    start = time.process_time()
    part.loss(0).backward()
    return time.process_time() - start
