"""Trains LEAD: encoder, adapters, pooling and denoiser learn, the backbone stays as it is.

    /usr/bin/python3 -m models.train models/configs/abilene.json [--data DIR] [--run DIR] [--backbone DIR]
        [--threads N]

Kill it at any moment; the same command goes on from the last saved state and ends in the same result. Every step's
windows, diffusion times and noise are a function of (seed, step). RUN/log.csv holds loss and validation scores.
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn

from models import backbone, checkpoint, data, sample
from models.export import scaling_to_json, write_json
from models.lead import diffusion, tm_image
from models.lead.model import build

SCORES = ("nrmse", "nmae", "ncrps", "coverage_90", "collapse_ratio", "collapse_raw")


def drop_frames(rng, rows, history, chance):
    """Rows [B, F] with, at times, all of yesterday or a fifth of the older frames missing."""
    rows = rows.copy()
    yesterday = rows.shape[1] - history
    rows[rng.random(len(rows)) < chance, :yesterday] = -1
    thin = (rng.random(len(rows)) < chance)[:, None] & (rng.random(rows.shape) < 0.2)
    thin[:, -1] = False
    return np.where(thin, -1, rows)


def pair_weights(share, power):
    """Loss weight [1, 1, N, N] of every OD pair: its share to a power, mean 1 off the diagonal."""
    weight = np.where(share > 0, share, 0.0) ** power
    np.fill_diagonal(weight, 0.0)
    return torch.tensor(weight / weight[weight > 0].mean(), dtype=torch.float32)[None, None]


class Trainer:
    """One training run in a folder."""

    def __init__(self, config, run, prepared, backbone_state):
        self.config, self.run, self.training = config, run, config["training"]
        self.series, self.lags, self.fit, self.choose, self.scaling = prepared
        self.model = build(len(self.series.nodes), config, backbone_state)
        self.optimizer = checkpoint.optimizer_of(self.model, self.training)
        self.average = checkpoint.Average(self.model, self.training["ema"])
        self.weights = pair_weights(self.scaling.share, self.training["weight_power"])
        self.alphas = torch.tensor(diffusion.alphas(), dtype=torch.float32)
        self.step, self.seconds, self.best = 0, 0.0, None
        self.resume()
        self.log = checkpoint.Log(f"{run}/log.csv", ["step", "loss", "seconds", *SCORES], self.step)

    def state(self):
        return {"step": self.step, "seconds": self.seconds, "config": self.config, "nodes": self.series.nodes,
                "model": self.model.state_dict(), "average": self.average.values,
                "best": self.best, "optimizer": self.optimizer.state_dict(), "torch_random": torch.get_rng_state()}

    def resume(self):
        state = checkpoint.load(f"{self.run}/state.pt")
        if state is None:
            return
        if state["config"] != self.config:
            raise SystemExit(f"{self.run}/state.pt belongs to another configuration: choose another --run")
        self.step, self.seconds, self.best = state["step"], state["seconds"], state["best"]
        self.model.load_state_dict(state["model"])
        self.average.values = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["torch_random"])

    def loss(self, step):
        """Weighted mean square error of the network's output on one batch."""
        rng = np.random.default_rng([self.config["seed"], step])
        noises = self.training["noises"]
        chosen = rng.integers(len(self.fit[0]), size=self.training["windows"])
        rows = drop_frames(rng, self.fit[0][chosen], self.config["history"], self.training["drop_yesterday"])
        window = sample.make_windows(self.series, rows, self.config["history"], self.lags, self.scaling)
        z = tm_image.residual(self.series.tms[self.fit[1][chosen]], window, self.scaling)
        z = torch.tensor(z, dtype=torch.float32).repeat_interleave(noises, 0)
        noise = torch.tensor(rng.standard_normal(z.shape), dtype=torch.float32)
        even = (rng.permutation(len(z)) + rng.random(len(z))) / len(z)
        steps = torch.tensor((even * diffusion.STEPS).astype(np.int64))
        noisy, v = diffusion.add_noise(z, noise, self.alphas[steps])
        conditions = [tensor.repeat_interleave(noises, 0) for tensor in self.model.conditions(*sample.tensors(window))]
        output = self.model.denoiser(noisy, steps.float(), *conditions)
        wanted = diffusion.target(self.config["prediction"], noise, v)
        return (self.weights * (output - wanted) ** 2).mean()

    def advance(self):
        checkpoint.set_rate(self.optimizer, self.training, self.step)
        loss = self.loss(self.step)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.model, self.step)
        return loss.item()

    def scores(self):
        """Validation scores of the averaged model."""
        rows, targets = sample.pick(*self.choose, self.training["score_windows"])
        self.average.swap(self.model)
        self.model.eval()
        samples = sample.sample_all(self.model, self.series, rows, self.config, self.scaling, self.lags,
                                    self.training["score_samples"], self.training["score_steps"], self.config["seed"])
        self.model.train()
        self.average.swap(self.model)
        return sample.score_last_step(samples, self.series, targets)

    def keep_best(self, ncrps):
        """Remembers the averaged parameters of the lowest validation ncrps: what is exported."""
        if self.best is None or ncrps < self.best["ncrps"]:
            values = {name: tensor.clone() for name, tensor in self.average.values.items()}
            self.best = {"step": self.step, "ncrps": ncrps, "average": values}

    def report(self, losses):
        row = {"step": self.step, "loss": f"{np.mean(losses):.5f}", "seconds": f"{self.seconds:.0f}"}
        line = f"step {self.step}/{self.training['steps']}  loss {row['loss']}  {row['seconds']} s"
        if self.step % self.training["score_every"] == 0 or self.step == self.training["steps"]:
            found = self.scores()
            self.keep_best(found["ncrps"])
            row.update({key: f"{value:.5f}" for key, value in found.items()})
            line = sample.show(line, found)
        self.log.add(**row)
        print(line, flush=True)

    def train(self):
        losses = []
        while self.step < self.training["steps"]:
            start = time.time()
            losses.append(self.advance())
            self.seconds += time.time() - start
            if self.step % self.training["save_every"] == 0 or self.step == self.training["steps"]:
                self.report(losses)
                losses = []
                checkpoint.save(f"{self.run}/state.pt", self.state())

    def show_references(self):
        choose = sample.pick(*self.choose, self.training["score_windows"])
        for name, lagged in (("last value", False), ("ridge 16", True)):
            samples = sample.reference(self.series, self.fit, choose, self.config["history"], self.scaling.share,
                                       self.training["score_samples"], lagged)
            print(sample.show(name, sample.score_last_step(samples, self.series, choose[1])), flush=True)


def provenance(config, series):
    """What the run learns from: command and data."""
    return {"command": " ".join(["/usr/bin/python3 -m models.train", *sys.argv[1:]]),
            "series": {"file": f"{config['data']}-tm.csv.gz", "sha256": series.sha256,
                       "rows_in_file": series.rows_in_file, "step_seconds": series.step,
                       "first": data.format_time(series.times[0]), "fit_until": data.format_time(series.fit_until),
                       "choose_until": data.format_time(series.choose_until)}}


def make_trainer(config, folder, run, backbone_folder=None):
    config, backbone_state = backbone.load(config, backbone_folder)
    os.makedirs(run, exist_ok=True)
    trainer = Trainer(config, run, sample.prepare(config, folder), backbone_state)
    write_json(f"{run}/scaling.json", scaling_to_json(trainer.scaling))
    write_json(f"{run}/command.json", provenance(config, trainer.series))
    return trainer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config")
    parser.add_argument("--data")
    parser.add_argument("--run")
    parser.add_argument("--backbone", help="folder of Qwen2 weights: config.json and safetensors")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with open(arguments.config) as file:
        config = json.load(file)
    trainer = make_trainer(config, data.data_folder(arguments.data), arguments.run or f"models/runs/{config['name']}",
                           arguments.backbone)
    trainer.show_references()
    trainer.train()


if __name__ == "__main__":
    main()
