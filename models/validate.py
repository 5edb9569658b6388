"""Scores of a training run's averaged model on its choosing part, by diffusion steps; 0 steps: the paths of the past
that samples start from.

    /usr/bin/python3 -m models.validate RUN [--data DIR] [--windows N] [--samples S] [--steps N ...] [--threads N]
"""
import argparse
import time

import numpy as np
import torch

from models import data, export, sample, scores
from models.lead import normal_score
from models.training import thread_count

PATH = ("path_energy", "max_crps", "roughness")


def print_rows(steps, found, config, seconds):
    for step in sample.scored_steps(config):
        values = " | ".join(f"{found[f'{key}_{step}']:.4f}" for key in scores.NAMES)
        print(f"| {steps} | {step} | {values} |", flush=True)
    print(f"| {steps} | path | " + ", ".join(f"{key} {found[key]:.4f}" for key in PATH) + f" | {seconds:.0f} s", flush=True)


def print_correlation(model, rows, targets, prepared, config, share):
    """Between OD pairs, of the truths' normal scores under the base forecast: mean, and mean of the absolute values
    beside what independent pairs would show in so many windows."""
    series, lags = prepared
    rng, away = np.random.default_rng(config["seed"]), ~np.eye(len(series.nodes), dtype=bool)

    def scores_of(window, start):
        y = sample.relative_to(window, series.tms[targets[start:start + sample.CHUNK]])
        with torch.no_grad():
            quantiles = sample.quantiles_of(model, window).double().numpy()
        return normal_score.random_score_of(y, quantiles, rng)[None]

    z = sample.over_windows(scores_of, rows, series, config, lags, share)[0][..., away]
    for step in sample.scored_steps(config):
        correlation = np.corrcoef(z[:, step - 1].T)
        off = correlation[~np.eye(len(correlation), dtype=bool)]
        print(f"correlation of OD pairs, {step} ahead: mean {off.mean():.4f}, mean absolute {np.abs(off).mean():.4f} "
              f"(independent: {np.sqrt(2 / np.pi / len(z)):.4f})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--data")
    parser.add_argument("--windows", type=int, default=600)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--steps", type=int, nargs="+", default=[0, 4])
    parser.add_argument("--threads", type=thread_count, default=1, metavar="N")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model, scaling, state = export.load_run(arguments.run)
    config = state["config"]
    series, lags, _, choose = sample.prepare(config, data.data_folder(arguments.data))
    rows, targets = sample.pick(*choose, arguments.windows)
    first, last = (data.format_time(series.times[target]) for target in (targets[0, 0], targets[-1, -1]))
    print(f"{arguments.run}: step {state['step']}, {len(rows)} windows, targets {first} to {last}, "
          f"{arguments.samples} samples")
    print_correlation(model, rows, targets, (series, lags), config, scaling.share)
    print(f"| diffusion steps | ahead | {' | '.join(scores.NAMES)} |\n|{' --- |' * (len(scores.NAMES) + 2)}")
    for steps in arguments.steps:
        start = time.time()
        samples = sample.over_windows(lambda window, at: sample.sample_window(
            model, window, scaling, arguments.samples, steps, config["seed"] + at), rows, series, config, lags,
            scaling.share)
        found = {**sample.score(samples, series, targets, config), **scores.score_path(samples, series.tms[targets])}
        print_rows(steps, found, config, time.time() - start)


if __name__ == "__main__":
    main()
