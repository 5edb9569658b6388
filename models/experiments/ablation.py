"""Experiments that train variants: backbone, image, condition, adapter. Each has the shipped setting with another seed
beside it: a difference no larger than that between the two seeds says nothing."""
import os

from models.experiments import figure, page, variants
from models.experiments.evaluate import evaluate
from models.experiments.setting import Experiment, Result
from models.experiments.variants import Variant
from models.lead.conditioner import is_given

BOTTLENECKS = (8, 16, 32, 64, 128)
SHOWN = ("ncrps", "link_ncrps", "energy")


def other_seed(setting):
    """The configuration as it is, of the next seed."""
    seed = setting.config["seed"] + 1
    return Variant(f"shipped, seed {seed}", {}, seed)


def run_variants(setting, made):
    """Result of variants, the first of which is the shipped setting."""
    made = [*made, other_seed(setting)]
    folders = variants.train_all(setting, made)
    rows = evaluate(setting, {label: f"lead:{folder}" for label, folder in folders.items()},
                    sorted({1, setting.config["horizon"]}))
    return Result(rows, [f"Network {setting.net}; all variants have the base forecast of one run and {setting.training_steps} "
                         "steps of diffusion training of their own.",
                         f"`{made[-1].label}` is `{made[0].label}` once more: differences no larger than theirs say nothing."])


def folder_kind(folder):
    """What a backbone from a folder or a GGUF file is called, after it: "qwen2-0.5b"."""
    name = os.path.basename(os.path.normpath(folder)).lower().removesuffix(".gguf")
    return name if is_given(name) else f"qwen2-{name}"


def backbones(setting):
    shipped = setting.config["model"]["backbone"]
    made = [Variant(kind, {"backbone": kind}) for kind in page.unique((shipped, "random", "none"))]
    if setting.backbone:
        kind = folder_kind(setting.backbone)
        made.append(Variant(kind, {"backbone": kind, "qwen2": {}}))  # its sizes are the folder's
    return made


def images(_):
    return [Variant("intensity, trend, acceleration", {"image": "rgb"}), Variant("intensity only", {"image": "intensity"})]


def conditions(_):
    return [Variant("global and sequential", {"condition": "both"}), Variant("global only", {"condition": "global"}),
            Variant("sequential only", {"condition": "sequential"})]


def adapters(setting):
    shipped = setting.config["model"]["bottleneck"]
    widths = [shipped, *(width for width in BOTTLENECKS if width != shipped)]
    return [Variant(f"{width} wide", {"bottleneck": width}) for width in widths]


def change_figure(rows):
    """Change of each score against the first predictor's, in per cent: a row for each predictor, a mark for each horizon."""
    labels = page.unique(row["predictor"] for row in rows)
    drawing, axes = figure.make(1, len(SHOWN), 1.4 + 0.28 * len(labels), sharey=True)
    for axis, score in zip(axes[0], SHOWN):
        for index, (horizon, chosen) in enumerate(page.by_horizon(rows)):
            change = [100 * (row[score] / chosen[0][score] - 1) for row in chosen]
            name = page.ahead(horizon)
            axis.plot(change, range(len(labels)), label=name, linestyle="none", **figure.style(name, index))
        axis.axvline(0, color="#666666", linewidth=0.8)
        axis.locator_params(axis="x", nbins=4)
        axis.set(title=figure.NAMES[score], xlabel="change in % (less is better)")
    axes[0][0].set_yticks(range(len(labels)), labels)
    axes[0][0].set_ylim(len(labels) - 0.5, -0.5)
    figure.legend(drawing, axes[0][0])
    return drawing


def ablation(title, make):
    return Experiment(title, lambda setting: run_variants(setting, make(setting)), page.score_tables, change_figure)


backbone = ablation("Does the frozen backbone help?", backbones)
image = ablation("Do trend and acceleration help?", images)
condition = ablation("Which condition does the work?", conditions)
adapter = ablation("How wide must adapters be?", adapters)
