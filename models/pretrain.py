"""Pre-trains the qwen2-micro backbone by next-frame prediction on real (fitting part) and synthetic TM sequences.

    /usr/bin/python3 -m models.pretrain models/configs/qwen2-micro.json [--data DIR] [--run DIR] [--threads N]

Every sequence has its nodes drawn and shuffled anew, so that nothing about a network is learnt by heart. The run can be
killed and started again at any moment. Result: RUN/backbone.pt, a state dict by the names of Qwen2 checkpoints.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from models import checkpoint, data, synthetic
from models.lead import qwen2


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


def train(config, all_series, run):
    training = config["training"]
    os.makedirs(run, exist_ok=True)
    torch.manual_seed(config["seed"])
    model = NextFrame(training["nodes"] ** 2, qwen2.Qwen2Config(**config["qwen2"]))
    optimizer = checkpoint.optimizer_of(model, training)
    state = checkpoint.load(f"{run}/state.pt")
    first = 0
    if state:
        first = state["step"]
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
    log = checkpoint.Log(f"{run}/log.csv", ["step", "loss", "no_change", "seconds"], first)
    start, shown = time.time(), []
    for step in range(first, training["steps"]):
        checkpoint.set_rate(optimizer, training, step)
        loss, reference = step_loss(model, batch(np.random.default_rng([config["seed"], step]), all_series, training))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        shown.append((loss.item(), reference.item()))
        done = step + 1
        if done % training["save_every"] == 0 or done == training["steps"]:
            mean = np.mean(shown, 0)
            shown = []
            log.add(step=done, loss=f"{mean[0]:.5f}", no_change=f"{mean[1]:.5f}", seconds=f"{time.time() - start:.0f}")
            print(f"step {done}/{training['steps']}  loss {mean[0]:.5f}  no change {mean[1]:.5f}", flush=True)
            checkpoint.save(f"{run}/state.pt",
                            {"step": done, "model": model.state_dict(), "optimizer": optimizer.state_dict()})
    weights = {f"model.{name}": tensor for name, tensor in model.model.state_dict().items()}
    checkpoint.save(f"{run}/backbone.pt", weights)
    with open(f"{run}/config.json", "w") as file:
        json.dump(config, file, indent=2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config")
    parser.add_argument("--data")
    parser.add_argument("--run")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with open(arguments.config) as file:
        config = json.load(file)
    folder = data.data_folder(arguments.data)
    all_series = [data.load(folder, name) for name in config["data"]]
    train(config, all_series, arguments.run or f"models/runs/{config['name']}")


if __name__ == "__main__":
    main()
