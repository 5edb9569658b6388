"""Pre-trains the qwen2-micro backbone by next-frame prediction on real (fitting part) and synthetic TM sequences.

    /usr/bin/python3 -m models.pretrain models/configs/qwen2-micro.json [--data DIR] [--run DIR] [--threads N]

Every sequence has its nodes drawn and shuffled anew, so that nothing about a network is learnt by heart. The run can be
killed and started again at any moment. Result: RUN/backbone.pt, a state dict by the names of Qwen2 checkpoints.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from models import checkpoint, data, synthetic
from models.lead import qwen2
from models.training import Loop, parse_arguments


class NextFrame(nn.Module):
    """frames [B, S, P] -> predicted change to the next frame [B, S, P]."""

    def __init__(self, pairs, config):
        super().__init__()
        self.inward = nn.Linear(2 * pairs, config.hidden_size)
        self.model = qwen2.Backbone(config, 0)
        self.outward = nn.Linear(config.hidden_size, pairs)

    def forward(self, frames):
        trend = torch.diff(frames, dim=1, prepend=frames[:, :1])
        return self.outward(self.model(self.inward(torch.cat([frames, trend], -1))))


def real_sequence(rng, series, length, nodes):
    """TMs [length, nodes, nodes] of one contiguous stretch of the fitting part, nodes drawn and shuffled."""
    last = np.searchsorted(series.times, series.fit_until) - length
    while True:
        start = rng.integers(last)
        if series.times[start + length - 1] - series.times[start] == (length - 1) * series.step:
            break
    chosen = rng.permutation(len(series.nodes))[:nodes]
    return series.tms[start:start + length][:, chosen][:, :, chosen]


def batch(rng, all_series, training):
    """frames [B, S, P] of intensities relative to each OD pair's mean over the sequence's first quarter."""
    length, nodes = training["length"], training["nodes"]
    sequences = []
    for _ in range(training["batch"]):
        which = rng.integers(len(all_series) + 1)
        if which == len(all_series):
            sequences.append(synthetic.sequence(rng, length, nodes, rng.choice([300, 900])))
        else:
            sequences.append(real_sequence(rng, all_series[which], length, nodes))
    tms = np.stack(sequences)
    level = tms.sum((2, 3)).mean(1)[:, None, None]
    scale = np.maximum(tms[:, :length // 4].mean(1), 0.02 / nodes ** 2 * level) + 1e-12
    return torch.tensor(np.arcsinh(tms / scale[:, None]), dtype=torch.float32).flatten(2)


def step_loss(model, frames):
    """(Huber loss of the predicted change, the same for "no change")."""
    change = frames[:, 1:] - frames[:, :-1]
    return F.huber_loss(model(frames)[:, :-1], change), F.huber_loss(torch.zeros_like(change), change)


class Pretraining(Loop):
    """Next-frame prediction; scored on a few batches of its own."""
    score_names = ("huber", "no_change")

    def __init__(self, run, config, all_series):
        torch.manual_seed(config["seed"])
        self.all_series = all_series
        settings = config["training"]["pretrain"]
        super().__init__(run, "pretrain", config,
                         NextFrame(settings["nodes"] ** 2, qwen2.Qwen2Config(**config["qwen2"])))

    def losses(self, stream, step):
        rng = np.random.default_rng([self.config["seed"], stream, step])
        return step_loss(self.learner, batch(rng, self.all_series, self.settings))

    def loss(self, step):
        return self.losses(1, step)[0]

    @torch.no_grad()
    def scores(self):
        found = torch.tensor([self.losses(2, batch) for batch in range(self.settings["score_batches"])]).mean(0)
        return dict(zip(self.score_names, found.tolist()))

    def choice(self, scores):
        return scores["huber"]


def main():
    arguments = parse_arguments(__doc__.splitlines()[0])
    all_series = [data.load(arguments.data, name) for name in arguments.config["data"]]
    training = Pretraining(arguments.run, arguments.config, all_series)
    training.train()
    training.use_best()
    weights = {f"model.{name}": tensor for name, tensor in training.learner.model.state_dict().items()}
    checkpoint.save(f"{arguments.run}/backbone.pt", weights)


if __name__ == "__main__":
    main()
