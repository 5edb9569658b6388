"""The loop that every training here runs in: resumable at any step, with an averaged model, a log and a best step.

A training is a subclass of Loop that says what one step's loss is and, if it has any, the validation scores. Every
step's batch must be a function of (seed, step), so that a killed run goes on as if nothing had been.
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn

from models import checkpoint, data


class Loop:
    """Trains `learner` by the settings of config["training"][name]; its state is RUN/NAME.pt, its log RUN/NAME.csv."""
    score_names = ()

    def __init__(self, run, name, config, learner):
        os.makedirs(run, exist_ok=True)
        self.run, self.name, self.config, self.learner = run, name, config, learner
        self.settings = config["training"]["folds" if name.startswith("fold-") else name]
        self.optimizer = checkpoint.optimizer_of(learner, self.settings)
        self.average = checkpoint.Average(learner, self.settings["ema"])
        self.step, self.seconds, self.best = 0, 0.0, None
        self.resume()
        self.log = checkpoint.Log(f"{run}/{name}.csv", ["step", "loss", "seconds", *self.score_names], self.step)

    def loss(self, step):
        """Loss of a step's batch."""
        raise NotImplementedError

    def scores(self):
        """Validation scores {name: value} of the learner as it stands."""
        raise NotImplementedError

    def choice(self, scores):
        """What the best step has least of."""
        raise NotImplementedError

    def state(self):
        return {"step": self.step, "seconds": self.seconds, "config": self.config, "model": self.learner.state_dict(),
                "average": self.average.values, "best": self.best, "optimizer": self.optimizer.state_dict(),
                "torch_random": torch.get_rng_state()}

    def resume(self):
        path = f"{self.run}/{self.name}.pt"
        state = checkpoint.load(path)
        if state is None:
            return
        if state["config"] != self.config:
            raise SystemExit(f"{path} belongs to another configuration, or to other TMs: choose another --run, or delete {self.run}")
        self.step, self.seconds, self.best = state["step"], state["seconds"], state["best"]
        self.learner.load_state_dict(state["model"])
        self.average.values = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["torch_random"])

    def advance(self):
        checkpoint.set_rate(self.optimizer, self.settings, self.step)
        loss = self.loss(self.step)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.learner.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.learner, self.step)
        return loss.item()

    def average_scores(self):
        """Scores of the averaged learner, which is remembered when no step before had a better choice."""
        self.average.swap(self.learner)
        random = torch.get_rng_state()
        self.learner.eval()
        found = self.scores()
        self.learner.train()
        torch.set_rng_state(random)
        self.average.swap(self.learner)
        if self.best is None or self.choice(found) < self.best["choice"]:
            values = {name: tensor.clone() for name, tensor in self.average.values.items()}
            self.best = {"step": self.step, "choice": self.choice(found), "average": values}
        return found

    def report(self, losses):
        row = {"step": self.step, "loss": f"{np.mean(losses):.5f}", "seconds": f"{self.seconds:.0f}"}
        line = f"{self.name} {self.step}/{self.settings['steps']}  loss {row['loss']}  {row['seconds']} s"
        if self.score_names and (self.step % self.settings["score_every"] == 0 or self.is_done()):
            found = self.average_scores()
            row.update({key: f"{value:.5f}" for key, value in found.items()})
            line += "".join(f"  {key} {value:.4f}" for key, value in found.items())
        self.log.add(**row)
        print(line, flush=True)

    def is_done(self):
        return self.step >= self.settings["steps"]

    def train(self):
        losses = []
        self.learner.train()
        if 0 < self.step and not self.is_done():
            print(f"{self.name} goes on at step {self.step}/{self.settings['steps']}", flush=True)
        while not self.is_done():
            start = time.time()
            losses.append(self.advance())
            self.seconds += time.time() - start
            if self.step % self.settings["save_every"] == 0 or self.is_done():
                self.report(losses)
                losses = []
                checkpoint.save(f"{self.run}/{self.name}.pt", self.state())
        if self.step == 0:
            checkpoint.save(f"{self.run}/{self.name}.pt", self.state())  # of no steps

    def use_best(self):
        """Gives the learner the averaged parameters of the best step (the last one's when there are no scores)."""
        average = self.best["average"] if self.best else self.average.values
        self.learner.load_state_dict(average, strict=False)
        self.learner.eval()


def for_network(config, network):
    """The configuration of one comparison network: its name, and what "of_network" says of its training instead."""
    config = {**config, "network": network, "name": f"{config['name']}-{network}"}
    own = config.pop("of_network", {}).get(network, {})
    return {**config, "training": {**config["training"], "base": {**config["training"]["base"], **own}}}


# Of a configuration and its "training": whole numbers, and the least of each.
COUNTS = {"steps": 0, "windows": 1, "pairs": 1, "save_every": 1, "score_every": 1, "history": 1, "horizon": 1}


def thread_count(text):
    """--threads: 1 to 256."""
    count = int(text) if text.isdecimal() else 0
    if not 1 <= count <= 256:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to 256")
    return count


def check_counts(path, settings, inside=""):
    for key, value in settings.items():
        if isinstance(value, dict) and (inside or key == "training"):
            check_counts(path, value, f"{inside}{key}.")
        elif key in COUNTS and (not isinstance(value, int) or isinstance(value, bool) or value < COUNTS[key]):
            raise SystemExit(f"{path}: {inside}{key}: {json.dumps(value)} is no whole number from {COUNTS[key]} on")


def read_config(path):
    """The configuration of a training; refuses what is none."""
    try:
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SystemExit(f"{path}: not JSON, as models/configs/abilene.json is: {error}") from error
    if not isinstance(config, dict) or not isinstance(config.get("name"), str):
        raise SystemExit(f"{path}: not a configuration: a JSON object with a \"name\", as models/configs/abilene.json is")
    check_counts(path, config)
    return config


def parse_arguments(description, backbone=False, networks=None):
    """The command line: `config` read, `data` and `run` as folders, `backbone` as given; sets the threads. With
    `networks` the second argument is one of these, see for_network."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("config", help="a file as those of models/configs")
    if networks:
        parser.add_argument("network", choices=networks)
    parser.add_argument("--data", help="folder of the TM files (default: $LEAD_DATA)")
    parser.add_argument("--run", help="folder of the training's state, from which it goes on (default: models/runs/NAME)")
    if backbone:
        parser.add_argument("--backbone", help="folder of Qwen2 weights: config.json and safetensors")
    parser.add_argument("--threads", type=thread_count, default=1, metavar="N")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.config = read_config(arguments.config)
    if networks:
        arguments.config = for_network(arguments.config, arguments.network)
    arguments.data = data.data_folder(arguments.data)
    arguments.run = arguments.run or f"models/runs/{arguments.config['name']}"
    return arguments


def provenance(config, series):
    """What a run learns from: command and data."""
    return {"command": " ".join([f"/usr/bin/python3 -m {module_name()}", *sys.argv[1:]]),
            "series": {"file": f"{config['data']}-tm.csv.gz", "sha256": series.sha256,
                       "rows_in_file": series.rows_in_file, "step_seconds": series.step,
                       "first": data.format_time(series.times[0]), "fit_until": data.format_time(series.fit_until),
                       "choose_until": data.format_time(series.choose_until)}}


def module_name():
    """The module or package that was started, as `python -m` takes it."""
    started = sys.modules["__main__"].__spec__
    return started.name.removesuffix(".__main__") if started else "models.train"
