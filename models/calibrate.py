"""Calibration of a trained run on its choosing part, the last thing that models.train does, or by itself:

    /usr/bin/python3 -m models.calibrate RUN [--data DIR]

First how strongly to believe the denoiser, which has seen few independent windows and over-fits them: what it says is
multiplied by the one of STRENGTHS (or the configuration's "strengths") with the best scores of single steps and of whole paths; with 0 samples stay the paths of
the past that they start from, and the denoiser is not asked. Then how far the samples' normal scores must be
shifted and stretched, at every step ahead and in every range of load where that is not right as it is (the central 90 %
of the samples hold less than 87 or more than 93 % of the truths, or the truths' median is far from the samples'), for them
to hold about 90 %; this works on the ranks of the truths among the samples, pooled over OD pairs and windows.

It writes RUN/calibration.json unless that is of this very model; models.export puts it into the checkpoint.
"""
import argparse
import copy
import json

import numpy as np

from models import data, export, sample, scores
from models.lead import normal_score

WINDOWS, SAMPLES, STEPS, RANGES = 100, 120, 4, 3
STRENGTHS, STRENGTH_WINDOWS, STRENGTH_SAMPLES = (0.0, 0.25, 0.5, 0.75, 1.0), 100, 20
OUTER = np.array([0.05, 0.95])
COVERED = (0.87, 0.93)  # coverage of the central 90 % that is right enough
ASIDE = 0.2  # a median's distance from 0 that is
PRINTED = ("path_energy", "max_crps", "roughness")
LEAST = 1e-6  # bound of a rank's probability


def rank_scores(samples, truth, rng):
    """Normal scores [W, H, N, N] of the truth's rank among even samples [S, W, H, N, N]: the k-th smallest is taken to
    be the (k - 1/2) / S quantile. The place between two samples, or among equal ones, is drawn."""
    count = len(samples)
    below, upto = (samples < truth).sum(0), (samples <= truth).sum(0)
    low, high = np.maximum(below - 0.5, 0.0), np.minimum(upto + 0.5, count)
    return normal_score.normal_quantile(np.clip((low + rng.random(truth.shape) * (high - low)) / count, LEAST, 1 - LEAST))


def shift_and_stretch(scores, bound):
    """[H, 2] of scores [W, H, P]: their median, and how many times as far apart their outer quantiles are as `bound`, those of
    a standard normal. Steps that are right as they are stay so: stretching them cost 1 to 2 % in the scores of the last steps.
    The middle of the outer quantiles, in the median's place, would be where the longer tail is (docs/model-card.md)."""
    if not len(scores):  # a range of load that no window lies in
        return np.tile([0.0, 1.0], (scores.shape[1], 1))
    low, middle, high = np.quantile(scores, (OUTER[0], 0.5, OUTER[1]), axis=(0, 2))
    covered = ((scores >= bound[0]) & (scores <= bound[1])).mean((0, 2))
    right = (covered >= COVERED[0]) & (covered <= COVERED[1]) & (np.abs(middle) <= ASIDE)
    return np.stack([np.where(right, 0.0, middle), np.where(right, 1.0, (high - low) / (bound[1] - bound[0]))], -1)


def fit_scores(scores, level):
    """loads [B - 1] and calibration [B, H, 2] of scores [W, H, P] of windows at a level [W]."""
    loads = np.quantile(level, np.arange(1, RANGES) / RANGES)
    at = np.searchsorted(loads, level, side="right")
    bound = normal_score.normal_quantile(OUTER)
    return loads, np.stack([shift_and_stretch(scores[at == i], bound) for i in range(RANGES)])


def loss_of(found, config):
    """What a strength is chosen by: ncrps and energy of the single steps count as much as energy and largest values of
    whole paths, each in its own size."""
    single = [np.log(found[f"{name}_{step}"]) for name in ("ncrps", "energy") for step in sample.scored_steps(config)]
    return np.mean(single) + np.mean([np.log(found[name]) for name in ("path_energy", "max_crps")])


def steps_of(strength):
    """Diffusion steps that are taken."""
    return STEPS if strength > 0 else 0


def choose_strength(model, scaling, prepared, config, strengths):
    """The one of `strengths` that scores best; the denoiser is left as it was."""
    series, lags, _, choose = prepared
    rows, targets = sample.pick(*choose, STRENGTH_WINDOWS)
    whole, losses = copy.deepcopy(model.denoiser.write.state_dict()), []
    for strength in strengths:
        export.weaken(model.denoiser, strength)
        scaling.smooth = export.smooth_of(strength)
        samples = sample.over_windows(lambda window, start: sample.sample_window(
            model, window, scaling, STRENGTH_SAMPLES, steps_of(strength), config["seed"] + start), rows, series, config, lags,
            scaling.share)
        found = {**sample.score(samples, series, targets, config), **scores.score_path(samples, series.tms[targets])}
        losses.append(loss_of(found, config))
        print(f"strength {strength:g}: " + ", ".join(f"{name} {found[name]:.4f}" for name in PRINTED), flush=True)
        model.denoiser.write.load_state_dict(whole)
    return strengths[int(np.argmin(losses))]


def truth_ranks(model, scaling, prepared, config, steps):
    """Normal scores [W, H, P] of the truths' ranks among samples of the choosing part, and the windows' levels [W]."""
    series, lags, _, choose = prepared
    rows, targets = sample.pick(*choose, WINDOWS)
    rng, levels = np.random.default_rng(config["seed"]), []
    away = ~np.eye(len(series.nodes), dtype=bool)

    def scores_of(window, start):
        samples = sample.sample_window(model, window, scaling, SAMPLES, steps, config["seed"] + start)
        levels.append(window.level)
        return rank_scores(samples, series.tms[targets[start:start + sample.CHUNK]], rng)[None]

    ranks = sample.over_windows(scores_of, rows, series, config, lags, scaling.share)[0][..., away]
    return ranks, np.concatenate(levels)


def fit(run, folder):
    """Writes RUN/calibration.json unless it is there, of the run's best model."""
    model, scaling, state = export.load_run(run, calibrated=False)
    config = state["config"]
    if export.find_calibration(run, state["digest"]):
        return
    print("calibrating: strength, shift and stretch, some minutes", flush=True)
    prepared = sample.prepare(config, folder)
    strengths = config.get("strengths", STRENGTHS) if state["step"] > 0 else (0.0,)  # of 0 steps: nothing learnt
    strength = choose_strength(model, scaling, prepared, config, strengths)
    scaling.smooth = export.smooth_of(strength)
    if strength > 0:
        export.weaken(model.denoiser, strength)
    loads, calibration = fit_scores(*truth_ranks(model, scaling, prepared, config, steps_of(strength)))
    export.write_json(f"{run}/calibration.json", {"model": state["digest"], "strength": strength, "loads": loads.tolist(),
                                                  "calibration": calibration.tolist()})
    print(json.dumps({"strength": strength, "loads": loads.tolist(), "stretch of the first and the last step":
                      calibration[:, [0, -1], 1].round(3).tolist()}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--data")
    arguments = parser.parse_args()
    fit(arguments.run, data.data_folder(arguments.data))


if __name__ == "__main__":
    main()
