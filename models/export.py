"""Writes a training run as a checkpoint that module/predict/lead/lead.c runs: four TorchScript components, constants and a
manifest with the SHA-256 of every file.

    /usr/bin/python3 -m models.export RUN OUT [--steps N]
"""
import argparse
import json
import os
import subprocess
import zipfile

import numpy as np
import torch

from models import checkpoint, data
from models.lead import diffusion, normal_score, qwen2, tm_image
from models.lead.model import build, day_lags

VERSION = 2
STEPS = 4  # of diffusion, unless told otherwise
COMPONENTS = ("encoder", "conditioner", "base", "denoiser")


def strip_debug(path):
    """Takes the records that say where the sources lay on the exporting machine out of a TorchScript archive."""
    part = f"{path}.part"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as stripped:
        for entry in whole.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                stripped.writestr(zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), whole.read(entry.filename))
    os.replace(part, path)


def write_json(path, content):
    """Writes JSON whole or not at all; refuses NaN and infinity."""
    with open(f"{path}.part", "w") as file:
        json.dump(content, file, indent=1, allow_nan=False)
        file.write("\n")
    os.replace(f"{path}.part", path)


def scaling_to_json(scaling):
    """Flat, row-major lists: knots [K], share [N, N], mixing [H, H], loads [B - 1], calibration [B, H, 2]."""
    flat = {name: np.asarray(values).ravel().tolist() for name, values in vars(scaling).items()}
    return {"knots": normal_score.KNOTS.tolist(), **flat}


def load_run(run, calibrated=True):
    """The averaged model at the step of the best validation scores, its Scaling, and the run's state with that step; as
    models.calibrate would have them, if it has been there."""
    state = checkpoint.load(f"{run}/diffusion.pt")
    if state is None:
        raise SystemExit(f"{run}: no diffusion.pt, nothing was trained there to the end")
    weights = {name.removeprefix("conditioner.backbone."): tensor for name, tensor in state["model"].items()
               if name.startswith("conditioner.backbone.") and qwen2.is_frozen(name)}
    model = build(len(state["nodes"]), state["config"], weights)
    model.load_state_dict(state["model"])
    best = state["best"] or {"step": state["step"], "average": state["average"]}
    model.load_state_dict(best["average"], strict=False)
    scaling = normal_score.Scaling(**state["scaling"])
    found = find_calibration(run, best["step"]) if calibrated else None
    if found:
        weaken(model.denoiser, found["strength"])
        scaling.loads, scaling.calibration = np.array(found["loads"]), np.array(found["calibration"])
    return model.eval(), scaling, {**state, "step": best["step"], "strength": found["strength"] if found else 1.0}


def find_calibration(run, step):
    """What RUN/calibration.json holds; None when it is not there, or of another step's model."""
    path = f"{run}/calibration.json"
    if not os.path.exists(path):
        return None
    with open(path) as file:
        found = json.load(file)
    return found if found["step"] == step else None


def weaken(denoiser, strength):
    """Multiplies what the denoiser says; of strength 0 it would leave noise as it is."""
    for parameter in denoiser.write.parameters():
        parameter.data.mul_(strength)


def commit():
    """The commit of the sources, with a mark when they differ from it (checkpoints, which exports overwrite, are no
    sources); "unknown" outside of a repository."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True)
    if head.returncode != 0:
        return "unknown"
    same = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", ".", ":!models/checkpoints"], cwd=here)
    return head.stdout.strip() + ("" if same.returncode == 0 else "-dirty")


def manifest_of(state, ranges, step, files, steps, provenance):
    """What manifest.json says; the keys that module/predict/lead/manifest.c reads come first."""
    config = state["config"]
    sizes = config["model"]
    return {
        "format": "ns3-lead model", "version": VERSION, "name": config["name"],
        "nodes": state["nodes"], "step_seconds": step, "history": config["history"],
        "day_lags": day_lags(config, step), "horizon": config["horizon"],
        "shapes": {"features": tm_image.FEATURES, "token": sizes["token"],
                   "condition": sizes["qwen2"]["hidden_size"], "map": sizes["map"],
                   "knots": len(normal_score.KNOTS), "loads": ranges - 1},
        "diffusion": {"training_steps": diffusion.STEPS, "sampling_steps": steps, "schedule": "cosine",
                      "offset": diffusion.OFFSET, "sampler": "euler"},
        "files": files,
        "backbone": sizes["backbone"],
        "training": {"steps": state["step"], "strength": state["strength"], "seed": config["seed"], "commit": commit(),
                     "config": config, **provenance},
    }


def export_model(model, state, scaling, step, out, steps, provenance):
    """Writes the checkpoint folder `out`. `step`: seconds between TMs; `steps`: diffusion steps unless told otherwise."""
    os.makedirs(out, exist_ok=True)
    for name in COMPONENTS:
        torch.jit.save(torch.jit.script(qwen2.merged(getattr(model, name).eval())), f"{out}/{name}.pt")
        strip_debug(f"{out}/{name}.pt")
    write_json(f"{out}/scaling.json", scaling_to_json(scaling))
    names = {**{name: f"{name}.pt" for name in COMPONENTS}, "scaling": "scaling.json"}
    files = {key: {"name": name, "sha256": data.file_sha256(f"{out}/{name}")} for key, name in names.items()}
    write_json(f"{out}/manifest.json", manifest_of(state, len(scaling.calibration), step, files, steps,
                                                      provenance))


def export_run(run, out, steps=STEPS):
    """Writes the checkpoint folder `out` of a training run; the run's state."""
    model, scaling, state = load_run(run)
    with open(f"{run}/command.json") as file:
        provenance = json.load(file)
    export_model(model, state, scaling, provenance["series"]["step_seconds"], out, steps, provenance)
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("out")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    if find_calibration(arguments.run, load_run(arguments.run)[2]["step"]) is None:
        raise SystemExit(f"{arguments.run}: not calibrated yet: start the training's command again, which goes on where it ended")
    state = export_run(arguments.run, arguments.out, arguments.steps)
    print(f"{arguments.out}: step {state['step']}, "
          f"{sum(os.path.getsize(os.path.join(arguments.out, f)) for f in os.listdir(arguments.out)) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
