"""Trains networks of one kind of models/compare as LEAD's base forecast is trained and writes their mean as a predictor for the C
program; or the paper's LEAD, NETWORK pure_lead.

    /usr/bin/python3 -m models.train_compare models/configs/compare-abilene.json NETWORK [--data DIR] [--run DIR]
        [--threads N]

The configuration's "networks" says how many: they differ in their seeds. A training ends after its "steps", or when the choosing part's
scores have not become better in "patience" scorings, whichever is first; the best step's network is kept.

Kill it at any moment; the same command goes on from the last saved state and ends in the same result. RUN/member-K/base.csv
holds losses and validation scores, RUN/predictor.pt is for `lead evaluate --predictor torchscript:RUN/predictor.pt`.
"""
import os
import time

import torch

from models import checkpoint, fit_scaling, sample
from models.compare import NETWORKS, pure_lead
from models.compare.forecast import Ensemble
from models.compare.predictor import Predictor, fill_bank, write
from models.export import commit
from models.lead import tm_image
from models.train import BasePart
from models.training import parse_arguments, provenance


class Member:
    """Of the training of one network: when it ends, and the processor's time of its steps (the scorings are not in it)."""
    core_seconds = 0.0

    def advance(self):
        start = time.process_time()
        loss = super().advance()
        self.core_seconds += time.process_time() - start
        return loss

    def is_done(self):
        return super().is_done() or self.stands_still()

    def stands_still(self):
        """The best step is "patience" scorings ago. The step's own scoring may still find a better one: it comes before the next
        question."""
        return self.best is not None and self.step - self.best["step"] >= self.settings["patience"] * self.settings["score_every"]

    def state(self):
        return {**super().state(), "core_seconds": self.core_seconds}

    def resume(self):
        super().resume()
        if self.step > 0:
            self.core_seconds = checkpoint.load(f"{self.run}/{self.name}.pt")["core_seconds"]


class QuantileMember(Member, BasePart):
    """Of a network of models/compare/forecast.py."""


class PureMember(Member, pure_lead.PurePart):
    """Of models/compare/pure_lead.py."""


def build(config, prepared, share):
    """A new network of the configuration's seed, its units fitted."""
    series, lags, fit, _ = prepared
    nodes, horizon = len(series.nodes), config["horizon"]
    torch.manual_seed(config["seed"])
    network = NETWORKS[config["network"]](nodes, config["history"], len(lags), horizon)
    rows, _ = tm_image.fill_rows(fit[0], config["history"])
    fit_scaling.fit_calm(network, series, rows, share)
    network.share.copy_(torch.from_numpy(share))
    return network


def make_part(config, run, prepared, share):
    if config["network"] == pure_lead.NAME:
        return PureMember(run, config, prepared, share)
    network = build(config, prepared, share)
    return QuantileMember(run, "base", config, network, network, prepared, share)


def make_parts(config, run, prepared, share):
    """The trainings of all networks, each of which begins when it is asked for."""
    for index in range(config["networks"]):
        yield make_part({**config, "seed": config["seed"] + index}, f"{run}/member-{index + 1}", prepared, share)


def make_predictor(parts, config, prepared, share):
    """The Predictor of trained parts, each at its best step."""
    for part in parts:
        part.use_best()
    if config["network"] == pure_lead.NAME:
        return pure_lead.make_predictor(parts, share)
    mean = Ensemble([part.learner for part in parts]).eval()
    series, lags, _, _ = prepared
    return Predictor(mean, share, lags, series.step, fill_bank(mean, config, prepared, share)).eval()


def effort_of(part):
    """What a training took: for the provenance in the predictor's file."""
    return {"steps": part.step, "best_step": part.best["step"], "core_seconds": round(part.core_seconds)}


def main():
    arguments = parse_arguments(__doc__.splitlines()[0], networks=[*NETWORKS, pure_lead.NAME])
    config = arguments.config
    prepared = sample.prepare(config, arguments.data)
    share, parts = fit_scaling.shares(prepared[0]), []
    for part in make_parts(config, arguments.run, prepared, share):
        part.train()
        parts.append(part)
    path = f"{arguments.run}/predictor.pt"
    write(path, make_predictor(parts, config, prepared, share), {**provenance(config, prepared[0]), "commit": commit(), "config": config,
                                                                 "networks": [effort_of(part) for part in parts]})
    print(f"{path}: steps {', '.join(str(part.best['step']) for part in parts)}, {os.path.getsize(path) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
