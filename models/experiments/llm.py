"""Does a really pre-trained language model help? The paper's central claim, put to a test that can decide: g and c feed the
base forecast and the denoiser, which has no map of its own and counts in full (models/experiments/listening.py); what stands
between encoder and pooling differs, and nothing else."""
import json
import os
from dataclasses import dataclass
from typing import Callable

import numpy as np

from models import backbone, crossfit, data, fit_scaling, sample, shared_base
from models.experiments import figure
from models.experiments.ablation import folder_kind
from models.experiments.listening import TRAINING, cost_of_step, sample_window, train
from models.experiments.setting import SAMPLES, Experiment, Result
from models.experiments.windows import BLOCK, interval, last_part, of_windows, routes_of, score_of
from models.export import write_json

STEPS, LAYERS, LORA = 600, 6, 8
BANK = ", bank"  # of a score's name: that of the base forecast with the bank's own paths
SILENT, TRAINED, RANDOM = "no conditions", "one trained layer", "random, frozen"


@dataclass
class Kind:
    """What stands between encoder and pooling. `make`: (sizes, weights) of the pre-trained model -> see listening.Speech."""
    label: str
    make: Callable


def kinds(name):
    return [Kind(SILENT, lambda sizes, _: None), Kind(RANDOM, lambda sizes, _: ("random", sizes, None, 0)),
            Kind(f"{name}, frozen", lambda sizes, weights: (name, sizes, weights, 0)),
            Kind(TRAINED, lambda sizes, _: ("none", sizes, None, 0)),
            Kind(f"{name}, LoRA", lambda sizes, weights: (name, sizes, weights, LORA))]


def read_backbone(setting):
    """(name, sizes, weights, SHA-256) of the first layers of --backbone."""
    if not setting.backbone:
        raise SystemExit("llm: --backbone is what is tested: a GGUF file, or a folder with Qwen2 weights (docs/backbones.md)")
    sizes, weights, files = backbone.read(setting.backbone)
    sizes, weights = backbone.first_layers(sizes, weights, min(LAYERS, sizes.num_hidden_layers), setting.backbone)
    return folder_kind(setting.backbone), sizes, weights, {os.path.basename(path): data.file_sha256(path) for path in files}


# --- scores ------------------------------------------------------------------------------------------


def judge(arm, setting, config, share, bank):
    """{score: [2, W]} of an Arm; and, as SCORE + BANK, of its base forecast with the bank's own paths."""
    series, rows, targets, lags = last_part(setting, config)
    routes = routes_of(setting, series.nodes)
    parts = []

    def score(window, start):
        truth = series.tms[targets[start:start + sample.CHUNK]]
        spoken, own = sample_window(arm, window, bank, SAMPLES, config["seed"] + start)
        parts.append({**of_windows(spoken, truth, routes),
                      **{f"{name}{BANK}": values for name, values in of_windows(own, truth, routes).items()}})
        return np.zeros((1, len(truth)))

    sample.over_windows(score, rows, series, config, lags, share)
    return {name: np.concatenate([part[name] for part in parts], 1) for name in parts[0]}


# --- the experiment ----------------------------------------------------------------------------------


def derive(setting, seed, kind, sums):
    steps = setting.training_steps or STEPS
    return {**setting.config, "seed": seed, "arm": kind.label, "backbone_sha256": sums,
            "training": {**setting.config["training"], "arm": {**TRAINING, "steps": steps}}}


def folder_of(setting, kind, seed):
    name = kind.label.replace(", ", "-").replace(" ", "-")
    return f"{setting.runs}/{setting.net}-llm-{setting.training_steps or STEPS}/{name}-seed-{seed}"


def measure(setting, kind, seed, llm, given):
    """Trains and judges one arm of a seed unless its scores are there; writes RUN/scores.npz and RUN/cost.json."""
    name, sizes, weights, sums = llm
    run = folder_of(setting, kind, seed)
    if os.path.exists(f"{run}/scores.npz"):
        return
    print(f"{kind.label}, seed {seed}: {run}", flush=True)
    config = derive(setting, seed, kind, sums)
    prepared = sample.prepare(config, setting.data)
    arm, part = train(setting, config, run, sizes.hidden_size, kind.make(sizes, weights), given, prepared)
    found = judge(arm, setting, config, fit_scaling.shares(prepared[0]), crossfit.bank_of(given[1], setting.config["seed"]))
    learning = sum(parameter.numel() for parameter in arm.parameters() if parameter.requires_grad)
    write_json(f"{run}/cost.json", {"learning": learning, "parameters": sum(parameter.numel() for parameter in arm.parameters()),
                                    "step_cpu_s": cost_of_step(part)})
    with open(f"{run}/scores.npz.part", "wb") as file:
        np.savez(file, **found)
    os.replace(f"{run}/scores.npz.part", f"{run}/scores.npz")
    print("  ".join(f"{key} {score_of(values):.4f}" for key, values in found.items()), flush=True)


def load(setting, kind, seed):
    run = folder_of(setting, kind, seed)
    with np.load(f"{run}/scores.npz") as file, open(f"{run}/cost.json") as cost:
        return {name: file[name] for name in file}, json.load(cost)


def row_of(setting, kind, done):
    """What the tables need of one kind: its scores by seed, and of the seeds together against the first two kinds."""
    found = [load(setting, kind, seed) for seed in done]
    return {"predictor": kind.label, "seeds": done, "cost": found[0][1],
            "scores": {name: [score_of(one[name]) for one, _ in found] for name in found[0][0]},
            "windows_of": {name: np.mean([one[name] for one, _ in found], axis=0) for name in found[0][0]}}


def run(setting):
    llm = read_backbone(setting)
    config = {**setting.config, "base_run": setting.base_run} if setting.base_run else setting.config
    if "base_run" not in config:
        raise SystemExit("llm: --base-run, a finished run of models.train, whose pair network all arms begin with")
    _, given = shared_base.load(config, data.file_sha256(data.tm_path(setting.data, config["data"])))
    arms, seeds = kinds(llm[0])[:setting.arms], list(range(1, setting.seeds + 1))
    for seed in seeds:  # a whole comparison of one seed comes first
        for kind in arms:
            measure(setting, kind, seed, llm, given)
    rows = [row_of(setting, kind, seeds) for kind in arms]
    steps = setting.training_steps or STEPS
    return Result(rows, [
        f"Network {setting.net}, {setting.windows} windows of the last part, {SAMPLES} samples; {steps} steps of training of {TRAINING['windows']} "
        f"windows for every arm, seeds {', '.join(map(str, seeds))}.",
        f"Pre-trained: the first {llm[1].num_hidden_layers} layers of {setting.backbone.split('/')[-1]}, {llm[1].hidden_size} wide, SHA-256 "
        f"{', '.join(value[:16] for value in llm[3].values())}."])


# --- the page ----------------------------------------------------------------------------------------


def shown(row):
    """Names of the scores that are compared."""
    return [name for name in row["scores"] if not name.endswith(BANK)]


def title(name):
    kind, _, step = name.rpartition("_")
    return f"{kind}, {step} step{'s' if step != '1' else ''}" if step.isdigit() else name


def with_deviation(values):
    """"0.1658 ± 0.0004": mean and standard deviation over seeds."""
    spread = f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else ""
    return f"{np.mean(values):.4f}{spread}"


def compared(row, other, name):
    """(difference, low, high, twice the standard error of the seeds) of a score, in parts of the other's."""
    ours, theirs = (np.array(one["scores"][name]) for one in (row, other))
    change = ours / theirs - 1  # of a seed: both saw the same batches
    return *interval(row["windows_of"][name], other["windows_of"][name]), 2 * np.std(change, ddof=1)


def apart(row, other, name):
    difference, low, high, seeds = compared(row, other, name)
    return f"{100 * difference:+.2f} % ({100 * low:+.2f} to {100 * high:+.2f}; seeds {100 * seeds:.2f})"


def verdict(row, other):
    """A sentence a score: a difference counts above twice the seeds' deviation, when its interval does not hold 0."""
    for name in shown(row):
        difference, low, high, seeds = compared(row, other, name)
        counts = abs(difference) > seeds and low * high > 0
        what = ("better" if difference < 0 else "worse") if counts else "no difference that counts"
        yield f"- {title(name)}: `{row['predictor']}` against `{other['predictor']}`: {what}, {apart(row, other, name)}."


def cells(values):
    return "| " + " | ".join(values) + " |"


def tables(rows):
    named = {row["predictor"]: row for row in rows}
    names = shown(rows[0])
    heads = [f"`{title(name)}`" for name in names]
    pretrained = [row for name, row in named.items() if name not in (SILENT, RANDOM, TRAINED)]
    yield from ["", "## Scores: mean and standard deviation over seeds", "", cells(["conditions from", *heads,
                "`peak_mlu_crps`, bank's own paths", "parameters that learn", "processor s a step"]), "| --- |" + " --- |" * (len(names) + 3)]
    for row in rows:
        own = [with_deviation(row["scores"][name]) for name in (*names, f"peak_mlu_crps{BANK}")]
        yield cells([row["predictor"], *own, f"{row['cost']['learning'] / 1e6:.2f} M", f"{row['cost']['step_cpu_s']:.2f}"])
    for other in (RANDOM, SILENT):
        yield from ["", f"## Against `{other}`", "", "Difference of the score, its 95 % interval over windows (moving blocks of "
                    f"{BLOCK}), and twice the standard deviation of the difference over seeds.", "",
                    cells(["conditions from", *heads]), "| --- |" + " --- |" * len(names)]
        yield from (cells([row["predictor"], *(apart(row, named[other], name) for name in names)]) for row in rows if row["predictor"] != other)
    yield from ["", "## What counts", "", "A difference above twice the deviation of the seeds whose interval does not hold 0:", ""]
    for row in pretrained:
        yield from [*verdict(row, named[RANDOM]), *verdict(row, named[SILENT])]


def draw(rows):
    """Difference to the first kind, a mark for each seed, and the interval over windows."""
    others, names = rows[1:], shown(rows[0])
    drawing, axes = figure.make(1, len(names), 1.4 + 0.28 * len(others), sharey=True)
    for axis, name in zip(axes[0], names):
        for at, row in enumerate(others):
            _, low, high, _ = compared(row, rows[0], name)
            axis.plot([100 * low, 100 * high], [at, at], color=figure.OTHERS[0][0])
            change = 100 * (np.array(row["scores"][name]) / np.array(rows[0]["scores"][name]) - 1)
            axis.plot(change, [at] * len(change), linestyle="none", **figure.style("lead", 0))
        axis.axvline(0, color="#666666", linewidth=0.8)
        axis.set(xlabel=f"{title(name)},\n% above {rows[0]['predictor']}", yticks=range(len(others)),
                 yticklabels=[row["predictor"] for row in others])
    axes[0][0].invert_yaxis()
    return drawing


llm = Experiment("Does a really pre-trained language model help?", run, tables, draw, of_backbone=True)
