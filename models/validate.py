"""Scores of a training run's averaged model on its choosing part, beside its base forecast alone.

    /usr/bin/python3 -m models.validate RUN [--data DIR] [--windows N] [--samples S] [--steps N ...] [--threads N]
"""
import argparse
import time

import torch

from models import data, export, sample, scores


def print_rows(name, found, config, seconds):
    for step in sample.scored_steps(config):
        values = " | ".join(f"{found[f'{key}_{step}']:.4f}" for key in scores.NAMES)
        print(f"| {name} | {step} | {values} |  {seconds:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--data")
    parser.add_argument("--windows", type=int, default=600)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--steps", type=int, nargs="+", default=[4])
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model, scaling, state = export.load_run(arguments.run)
    config = state["config"]
    series, lags, _, choose = sample.prepare(config, data.data_folder(arguments.data))
    rows, targets = sample.pick(*choose, arguments.windows)
    first, last = (data.format_time(series.times[target]) for target in (targets[0, 0], targets[-1, -1]))
    print(f"{arguments.run}: step {state['step']}, {len(rows)} windows, targets {first} to {last}, "
          f"{arguments.samples} samples")
    print(f"| | step | {' | '.join(scores.NAMES)} |\n|{' --- |' * (len(scores.NAMES) + 2)}")

    def show(name, make):
        start = time.time()
        samples = sample.over_windows(make, rows, series, config, lags, scaling.share)
        print_rows(name, sample.score(samples, series, targets, config), config, time.time() - start)

    show("base alone", lambda window, _: sample.base_window(model, window, arguments.samples))
    for steps in arguments.steps:
        show(f"LEAD, {steps} steps", lambda window, at, steps=steps: sample.sample_window(
            model, window, scaling, arguments.samples, steps, config["seed"] + at))


if __name__ == "__main__":
    main()
