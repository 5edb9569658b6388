"""Trains the checkpoint for any network: one base forecast without an embedding of pairs, on many networks and steps, and
paths of other networks to start samples from.

    /usr/bin/python3 -m models.train_any models/configs/any.json OUT [--held-out FOLDER] [--data DIR] [--run DIR] [--threads N]

For each network of "held_out" first a base is trained that has not seen it: its residuals there are the bank of paths.
--held-out writes these as checkpoints too, FOLDER/without-NAME, with the paths of the other networks: what they score on
NAME is what the checkpoint will on a network that it does not know. Kill it at any moment; the same command goes on.
"""
import argparse
import os

import numpy as np
import torch

from models import crossfit, data, fit_scaling, sample, synthetic
from models.export import export_model
from models.lead import normal_score, paths
from models.lead.model import build_base, day_lags
from models.source import Source
from models.train import pinball
from models.training import Loop, read_config, thread_count

BANK_WINDOWS, BANK_PATHS = 200, 256  # of each held-out network; of a window


class AnyPart(Loop):
    """The base forecast by the pinball loss, each step on windows of one source, drawn by the root of its length."""

    def __init__(self, run, name, config, learner, sources):
        self.sources = sources
        size = np.sqrt([len(source.fit[0]) for source in sources])
        self.chance = size / size.sum()
        super().__init__(run, name, config, learner)

    def loss(self, step):
        rng = np.random.default_rng([self.config["seed"], 8, step])
        inputs, y, weight = self.sources[rng.choice(len(self.sources), p=self.chance)].pairs(rng, self.settings)
        return (weight[..., None] * pinball(y, self.learner.pair_opinions(*inputs))).mean()


def drawn_series(config):
    """Synthetic networks of many sizes and steps."""
    settings, made = config["synthetic"], []
    for index in range(settings["networks"]):
        rng = np.random.default_rng([config["seed"], 9, index])
        nodes, step = int(rng.integers(*settings["nodes"])), int(rng.choice(settings["steps"]))
        tms = 1e9 * synthetic.sequence(rng, settings["length"], nodes, step)
        times = step * np.arange(settings["length"])
        made.append(data.Series(f"synthetic-{index}", [str(i) for i in range(nodes)], step, times, tms, int(times[-1]) + 1,
                                int(times[-1]) + 1, settings["length"], ""))
    return made


def source_of(series, config):
    days = day_lags(config, series.step)
    fit = data.windows(series, config["history"], days, config["horizon"], "fit")
    return Source(series, data.frame_lags(config["history"], days), fit, config, fit_scaling.shares(series), measured=True)


def real_sources(config, folder):
    """{network: its Sources, the finest step first}."""
    made = {}
    for network in config["networks"]:
        series = data.load(folder, network["data"], config["split"])
        finer = [series, *(data.coarser(series, every) for every in network["every"])]
        made[network["data"]] = [source_of(one, config) for one in finer]
    return made


def fit(base, sources):
    """What is fitted in closed form."""
    weights = fit_scaling.shared_ridge(sources, 200)
    base.ridge.weights.copy_(torch.from_numpy(weights)[:, :, None, None])
    seen = [fit_scaling.features_of(base, source.series, sample.pick(*source.fit, 10)[0], source.lags, None) for source in sources]
    fit_scaling.fit_features(base, torch.cat(seen))


def trained(run, name, config, sources):
    """The averaged base forecast of a training that is gone through to its end."""
    torch.manual_seed(config["seed"])
    base = build_base(1, config, config["model"]["base_networks"])
    fit(base, sources)
    part = AnyPart(run, name, config, base, sources)
    part.train()
    part.use_best()
    return base


def bank_of(base, source, config, rng):
    """Normal scores [W, H, Q] of a network under a base that has not seen it."""
    windows = sample.pick(*source.fit, BANK_WINDOWS)
    z = crossfit.scores_of(base, source.series, config, source.lags, None, windows, rng).astype(np.float32)
    away = np.flatnonzero(~np.eye(z.shape[-1], dtype=bool))
    own = paths.even(z.reshape(*z.shape[:2], -1)[..., away], rng)
    return own[..., np.resize(rng.permutation(own.shape[-1]), BANK_PATHS)]


def sources_without(real, drawn, name):
    return [source for network, sources in real.items() if network != name for source in sources] + drawn


def make(config, folder, run):
    """The base forecast; of every held-out network the one that has not seen it and its residuals' bank int8 [W, H, Q]."""
    os.makedirs(run, exist_ok=True)
    real = real_sources(config, folder)
    drawn = [source_of(series, config) for series in drawn_series(config)]
    rng, held_out = np.random.default_rng([config["seed"], 10]), {}
    for name in config["held_out"]:
        base = trained(run, f"fold-{name}", config, sources_without(real, drawn, name))
        held_out[name] = base, paths.to_bank(bank_of(base, real[name][0], config, rng))
    return trained(run, "base", config, sources_without(real, drawn, None)), held_out


def write(out, base, banks, config, command):
    """The checkpoint folder `out`."""
    model = torch.nn.Module()
    model.base = base.eval()
    scaling = normal_score.uncalibrated(np.empty(0), np.concatenate(banks), paths.OTHERS_SMOOTH)
    state = {"nodes": [], "config": config, "step": config["training"]["base"]["steps"], "strength": 0.0}
    export_model(model, state, scaling, 0, out, 0, {"command": command})
    size = sum(os.path.getsize(os.path.join(out, name)) for name in os.listdir(out)) / 1e6
    print(f"{out}: {len(scaling.bank)} windows of {scaling.bank.shape[2]} paths, {size:.1f} MB")


def write_held_out(folder, held_out, config, command):
    """What has not seen NAME, with the banks of the other networks."""
    for name, (base, _) in held_out.items():
        others = [bank for other, (_, bank) in held_out.items() if other != name]
        write(f"{folder}/without-{name}", base, others, {**config, "name": f"{config['name']}-without-{name}"}, command)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config")
    parser.add_argument("out")
    parser.add_argument("--held-out")
    parser.add_argument("--data")
    parser.add_argument("--run")
    parser.add_argument("--threads", type=thread_count, default=1, metavar="N")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = read_config(arguments.config)
    if len(config.get("held_out", ())) < 2:
        raise SystemExit(f"{arguments.config}: \"held_out\" names fewer than two networks: paths come from networks that a base has not seen")
    base, held_out = make(config, data.data_folder(arguments.data), arguments.run or f"models/runs/{config['name']}")
    command = f"/usr/bin/python3 -m models.train_any {arguments.config} {arguments.out}"
    if arguments.held_out:
        write_held_out(arguments.held_out, held_out, config, command)
    write(arguments.out, base, [bank for _, bank in held_out.values()], config, command)


if __name__ == "__main__":
    main()
