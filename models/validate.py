"""Scores of a training run's averaged model on the choosing part (the next 10 % after the fitting part), beside the
last value and a ridge with as many lags as the model's history, on the very same windows.

    /usr/bin/python3 -m models.validate RUN [--data DIR] [--windows N] [--samples S] [--steps N ...] [--threads N]
"""
import argparse
import time

import torch

from models import data, export, sample
from models.train import SCORES


def row(name, found):
    return f"| {name} | " + " | ".join(f"{found[key]:.4f}" for key in SCORES) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--data")
    parser.add_argument("--windows", type=int, default=600)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--steps", type=int, nargs="+", default=[50])
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model, state = export.load_run(arguments.run)
    config = state["config"]
    series, lags, fit, choose, scaling = sample.prepare(config, data.data_folder(arguments.data))
    rows, targets = sample.pick(*choose, arguments.windows)
    first, last = (data.format_time(series.times[target]) for target in (targets[0, 0], targets[-1, -1]))
    print(f"{arguments.run}: step {state['step']}, {len(rows)} windows, targets {first} to {last}, "
          f"{arguments.samples} samples")
    print(f"| | {' | '.join(SCORES)} |\n|{' --- |' * (len(SCORES) + 1)}")
    for name, lagged in (("last value", False), (f"ridge, {config['history']} lags", True)):
        samples = sample.reference(series, fit, (rows, targets), config["history"], scaling.share, arguments.samples,
                                   lagged)
        print(row(name, sample.score_last_step(samples, series, targets)), flush=True)
    for steps in arguments.steps:
        start = time.time()
        samples = sample.sample_all(model, series, rows, config, scaling, lags, arguments.samples, steps,
                                    config["seed"])
        print(row(f"LEAD, {steps} steps", sample.score_last_step(samples, series, targets)),
              f"{time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
