"""Writes a training run as a checkpoint that module/predict/lead/lead.c runs: TorchScript components, constants, the bank of
paths and a manifest with the SHA-256 of every file. Where the denoiser's strength is 0, it and what it is told are left
out.

    /usr/bin/python3 -m models.export RUN OUT [--steps N]
"""
import argparse
import hashlib
import json
import os
import subprocess
import zipfile

import numpy as np
import torch

from models import checkpoint, data
from models.lead import diffusion, normal_score, paths, qwen2, spans, tm_image
from models.lead.model import build

VERSION = 3
STEPS = 4  # of diffusion, unless told otherwise
GENERATIVE = ("encoder", "conditioner", "denoiser")  # components that a checkpoint without diffusion lacks
COMPONENTS = ("base", *GENERATIVE)


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
    """Flat, row-major lists: knots [K], share [N, N], loads [B - 1], calibration [B, H, 2]."""
    flat = {name: np.asarray(values).ravel().tolist() for name, values in vars(scaling).items() if name not in ("bank", "smooth")}
    return {"knots": normal_score.KNOTS.tolist(), **flat}


def smooth_of(strength):
    """How far a bank is smoothed: a denoiser learnt from paths as they were."""
    return paths.SMOOTH if strength == 0 else 0.0


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
    state = {**state, "step": best["step"], "digest": digest_of(model)}
    found = find_calibration(run, state["digest"]) if calibrated else None
    if found:
        weaken(model.denoiser, found["strength"])
        scaling.loads, scaling.calibration = np.array(found["loads"]), np.array(found["calibration"])
        scaling.smooth = smooth_of(found["strength"])
    return model.eval(), scaling, {**state, "strength": found["strength"] if found else 1.0}


def digest_of(model):
    """SHA-256 of a model's parameters and buffers."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()


def find_calibration(run, digest):
    """What RUN/calibration.json holds; None when it is not there, or of another model."""
    path = f"{run}/calibration.json"
    if not os.path.exists(path):
        return None
    with open(path) as file:
        found = json.load(file)
    return found if found.get("model") == digest else None


def weaken(denoiser, strength):
    """Multiplies what the denoiser says; of strength 0 it would leave paths as they are."""
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


def manifest_of(state, scaling, step, files, steps, provenance):
    """What manifest.json says; the keys that module/predict/lead/checkpoint/manifest.c reads come first."""
    config = state["config"]
    sizes = config["model"]
    return {
        "format": "ns3-lead model", "version": VERSION, "name": config["name"],
        "nodes": state["nodes"], "step_seconds": step, "history": config["history"],
        "day_offsets": sorted(config["day_offsets"]), "spans": spans.RULE, "horizon": config["horizon"],
        "shapes": {"features": tm_image.FEATURES, "token": sizes["token"],
                   "condition": sizes["qwen2"]["hidden_size"], "map": sizes["map"], "knots": len(normal_score.KNOTS),
                   "loads": len(scaling.loads), "bank": len(scaling.bank),
                   "bank_pairs": 0 if state["nodes"] else scaling.bank.shape[2]},
        "paths": {"smooth": scaling.smooth},
        "diffusion": {"training_steps": diffusion.STEPS, "sampling_steps": steps, "schedule": "cosine",
                      "offset": diffusion.OFFSET, "sampler": "euler"},
        "files": files,
        "backbone": sizes["backbone"],
        "training": {"steps": state["step"], "strength": state["strength"], "seed": config["seed"], "commit": commit(),
                     "config": config, **provenance},
    }


def write_files(model, scaling, components, out):
    """Writes the components and the constants; {key: {"name", "sha256"}} of all of them."""
    names = {**{name: f"{name}.pt" for name in components}, "scaling": "scaling.json", "bank": "bank.bin"}
    for name in components:
        torch.jit.save(torch.jit.script(qwen2.merged(getattr(model, name).eval())), f"{out}/{name}.pt")
        strip_debug(f"{out}/{name}.pt")
    write_json(f"{out}/{names['scaling']}", scaling_to_json(scaling))
    scaling.bank.astype(np.int8).tofile(f"{out}/{names['bank']}")
    return {key: {"name": name, "sha256": data.file_sha256(f"{out}/{name}")} for key, name in names.items()}


def export_model(model, state, scaling, step, out, steps, provenance):
    """Writes the checkpoint folder `out`. `step`: seconds between TMs; `steps`: diffusion steps unless told otherwise, none
    where the denoiser's strength is 0."""
    os.makedirs(out, exist_ok=True)
    speaks = state["strength"] > 0
    files = write_files(model, scaling, COMPONENTS if speaks else ("base",), out)
    for name in GENERATIVE if not speaks else ():
        if os.path.exists(f"{out}/{name}.pt"):
            os.remove(f"{out}/{name}.pt")  # of an earlier export
    write_json(f"{out}/manifest.json", manifest_of(state, scaling, step, files, steps if speaks else 0, provenance))


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
    if find_calibration(arguments.run, load_run(arguments.run)[2]["digest"]) is None:
        raise SystemExit(f"{arguments.run}: not calibrated yet: start the training's command again, which goes on where it ended")
    state = export_run(arguments.run, arguments.out, arguments.steps)
    print(f"{arguments.out}: step {state['step']}, "
          f"{sum(os.path.getsize(os.path.join(arguments.out, f)) for f in os.listdir(arguments.out)) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
