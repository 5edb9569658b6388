"""Trains a network of models/compare as LEAD's base forecast is trained and writes it as a predictor for the C program.

    /usr/bin/python3 -m models.train_compare models/configs/compare-abilene.json NETWORK [--data DIR] [--run DIR]
        [--threads N]

Kill it at any moment; the same command goes on from the last saved state and ends in the same result. RUN/base.csv
holds losses and validation scores, RUN/predictor.pt is for `lead evaluate --predictor torchscript:RUN/predictor.pt`.
"""
import os

import torch

from models import fit_scaling, sample
from models.compare import NETWORKS
from models.compare.predictor import Predictor, fill_bank, write
from models.export import commit
from models.lead import tm_image
from models.train import BasePart
from models.training import parse_arguments, provenance


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
    network = build(config, prepared, share)
    return BasePart(run, "base", config, network, network, prepared, share)


def make_predictor(part):
    """The Predictor of the best step's network."""
    part.use_best()
    bank = fill_bank(part.learner, part.config, (part.series, part.lags, part.fit, part.choose), part.share)
    return Predictor(part.learner, part.share, part.lags, part.series.step, bank).eval()


def main():
    arguments = parse_arguments(__doc__.splitlines()[0], networks=list(NETWORKS))
    config = arguments.config
    prepared = sample.prepare(config, arguments.data)
    part = make_part(config, arguments.run, prepared, fit_scaling.shares(prepared[0]))
    part.train()
    path = f"{arguments.run}/predictor.pt"
    best = part.best["step"] if part.best else part.step
    write(path, make_predictor(part), {**provenance(config, prepared[0]), "commit": commit(), "config": config,
                                       "step": best})
    print(f"{path}: step {best}, {os.path.getsize(path) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
