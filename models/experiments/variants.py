"""Variants of LEAD: configurations that differ in a few keys, trained over one base forecast, exported."""
import os
from dataclasses import dataclass

from models import calibrate, export, train


STRENGTHS = [1.0]  # what the denoiser says counts in full: variants differ in nothing else


@dataclass
class Variant:
    """`changes` of the configuration's "model"; `seed`: another one than the configuration's, or None."""
    label: str
    changes: dict
    seed: int = None


def name_of(config, variant):
    """The folder of the variant's run. What changes nothing is "default", in every experiment: trained once."""
    parts = [f"{key}-{value}" for key, value in variant.changes.items()
             if value != config["model"][key] and not isinstance(value, dict)]
    if variant.seed:
        parts.append(f"seed-{variant.seed}")
    return "-".join(parts) or "default"


def derive(setting, variant, base_run):
    """The variant's configuration."""
    config = setting.config
    diffusion = {**config["training"]["diffusion"], "steps": setting.training_steps}
    made = {**config, "name": f"{setting.net}-{name_of(config, variant)}", "seed": variant.seed or config["seed"],
            "base_run": base_run, "strengths": STRENGTHS, "model": {**config["model"], **variant.changes},
            "training": {**config["training"], "diffusion": diffusion}}
    if "backbone" in variant.changes and variant.changes["backbone"] != config["model"]["backbone"]:
        made.pop("backbone_file", None)  # is of the configuration's own backbone
    return made


def find_base(setting):
    """The run whose base forecast all variants share. A given one is only read, for another training may be at work in
    it; without one a base forecast is trained beside the variants, or found there of the same configuration."""
    if setting.base_run:
        return setting.base_run
    run = os.path.join(setting.runs, f"{setting.net}-base")
    for part in train.start(setting.config, setting.data, run, setting.backbone):
        if part.name == "diffusion":
            break
        part.train()
    return run


def train_variant(setting, variant, base_run):
    """The variant's checkpoint folder; goes on where an earlier call was killed."""
    name = name_of(setting.config, variant)
    folder = os.path.join(setting.runs, f"{setting.net}-{setting.training_steps}")
    run, out = f"{folder}/{name}", f"{folder}/checkpoints/{name}"
    print(f"{name}: {run}", flush=True)
    for part in train.start(derive(setting, variant, base_run), setting.data, run, setting.backbone):
        part.train()
    calibrate.fit(run, setting.data)
    export.export_run(run, out)
    return out


def train_all(setting, variants):
    """{label: checkpoint folder}."""
    base_run = find_base(setting)
    return {variant.label: train_variant(setting, variant, base_run) for variant in variants}
