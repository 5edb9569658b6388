"""Where a configuration's frozen backbone comes from.

"qwen2-micro": the state dict of models.pretrain, "backbone_file" in the configuration. Every other "qwen2-*" and "llama-*": a
folder with config.json and safetensors, or a GGUF file, given by --backbone, $LEAD_BACKBONE or "backbone_folder", of which
"backbone_layers" in "model" takes the first layers only. "random", "none": nothing.
"""
import dataclasses
import os

import torch

from models import data
from models.lead import gguf_llm, pretrained
from models.lead.conditioner import is_given


def find_folder(config, given):
    kind = config["model"]["backbone"]
    folder = given or os.environ.get("LEAD_BACKBONE") or config.get("backbone_folder")
    if not folder:
        raise SystemExit(f"{kind}: no folder given: --backbone DIR, $LEAD_BACKBONE or \"backbone_folder\"")
    if not folder.endswith(".gguf") and not os.path.exists(os.path.join(folder, "config.json")):
        raise SystemExit(f"{kind}: {folder} is no .gguf file, and no folder with a config.json")
    return folder


def first_layers(found, state, count, folder):
    """(Qwen2Config, weights by name) of the first `count` layers; None: of all."""
    if count is None:
        return found, state
    if type(count) is not int or not 0 < count <= found.num_hidden_layers:
        raise ValueError(f"{folder}: \"backbone_layers\" is {count!r}, the model has {found.num_hidden_layers}")
    kept = {name: tensor for name, tensor in state.items() if not name.startswith("layers.") or int(name.split(".")[1]) < count}
    return dataclasses.replace(found, num_hidden_layers=count), kept


def read(folder):
    """(Qwen2Config, weights by name, paths of the files they come from)."""
    return (*gguf_llm.read(folder), [folder]) if folder.endswith(".gguf") else pretrained.read(folder)


def with_sizes(config, sizes, folder):
    """The configuration with the backbone's sizes (a dict), which must agree with those it states."""
    stated = config["model"].get("qwen2", {})
    for key, value in stated.items():
        if value != sizes[key]:
            raise ValueError(f"{folder}: {key} is {sizes[key]}, {config['name']} wants {value}")
    return {**config, "model": {**config["model"], "qwen2": sizes}}


def load_folder(config, folder):
    """(configuration with the sizes and the files' SHA-256, weights by name)."""
    found, state, paths = read(folder)
    found, state = first_layers(found, state, config["model"].get("backbone_layers"), folder)
    config = with_sizes(config, dataclasses.asdict(found), folder)
    hashes = {os.path.basename(path): data.file_sha256(path) for path in paths}
    return {**config, "backbone_sha256": hashes}, state


def load_file(path):
    if not os.path.exists(path):
        raise SystemExit(f"no {path}: models.pretrain makes it")
    return torch.load(path, map_location="cpu")


def load(config, given=None):
    """(configuration, weights of its backbone by name or None). The folder's path is left out of the configuration: a
    run may go on, and be exported, where the weights lie elsewhere, but not with other weights."""
    if not is_given(config["model"]["backbone"]):
        return config, None
    if "backbone_file" in config:
        return config, load_file(config["backbone_file"])
    folder = find_folder(config, given)
    try:
        return load_folder({key: config[key] for key in config if key != "backbone_folder"}, folder)
    except (ValueError, OSError) as error:
        raise SystemExit(f"{config['model']['backbone']}: {error}") from error
