"""A base forecast that begins with what another checkpoint's has learnt: "from_checkpoint" in a configuration, the folder of a checkpoint
for any network. Its pair networks and the scales of their features are taken over; the ridge is fitted on the own TMs, and the embedding
of the own pairs, where the configuration has one, is new and without a say at first.
"""
import json
import os

import torch

from models import data

NEW = ("ridge.", "steer.", "map.", "pairs.pair")  # the own network's; all else is taken over
WIDENED = "inward.weight"  # has a column for each feature and for each number of the embedding
ALIKE = ("history", "horizon")
SIZES_ALIKE = ("base", "base_depth")


def file_of(config):
    return os.path.join(config["from_checkpoint"], "base.pt")


def noted(config):
    """The configuration with the SHA-256 of what it begins with: a run goes on with no other."""
    return {**config, "from_sha256": data.file_sha256(file_of(config))} if "from_checkpoint" in config else config


def manifest_of(folder):
    """The manifest of a checkpoint for any network."""
    path = os.path.join(folder, "manifest.json")
    if not os.path.exists(path):
        raise SystemExit(f"{path}: not there: a checkpoint is a folder with a manifest.json, as models/checkpoints/any is")
    with open(path) as file:
        manifest = json.load(file)
    if manifest["nodes"]:
        raise SystemExit(f"{path}: of a network of {len(manifest['nodes'])} nodes: begin with one for any network, as models/checkpoints/any is")
    return manifest


def check(config):
    """Refuses a checkpoint of another shape than the configuration's."""
    if "from_checkpoint" not in config:
        return
    manifest = manifest_of(config["from_checkpoint"])
    sizes = manifest["training"]["config"]["model"]
    theirs = {**{key: manifest[key] for key in ALIKE}, **{key: sizes[key] for key in SIZES_ALIKE}, "day_offsets": sorted(manifest["day_offsets"])}
    ours = {**config, **config["model"], "day_offsets": sorted(config["day_offsets"])}
    for key, value in theirs.items():
        if ours[key] != value:
            raise SystemExit(f"{config['from_checkpoint']}: {key} is {value}, {config['name']} has {ours[key]}")
    if config["model"]["base_networks"] > sizes["base_networks"]:
        raise SystemExit(f"{config['from_checkpoint']}: has {sizes['base_networks']} pair networks, {config['name']} wants "
                         f"{config['model']['base_networks']} (\"base_networks\")")


def widened(theirs, like):
    """`theirs` [W, C] with columns of 0 up to the shape of `like`."""
    return torch.cat([theirs, torch.zeros(len(like), like.shape[1] - theirs.shape[1])], 1)


def taken(base, config):
    """{name: tensor} of what a BaseForecast takes over."""
    own = base.state_dict()
    given = torch.jit.load(file_of(config), map_location="cpu").state_dict()
    return {name: widened(tensor, own[name]) if name.endswith(WIDENED) else tensor
            for name, tensor in given.items() if name in own and not name.startswith(NEW)}


def fill(base, config):
    """Puts what is taken over into a BaseForecast; without "from_checkpoint" nothing."""
    if "from_checkpoint" in config:
        base.load_state_dict(taken(base, config), strict=False)


def settle(base, config):
    """Takes a trained BaseForecast back a part of the way to what it began with, all but its "learnt_share": what it has learnt is of few
    weeks, and the mean of both networks' parameters forgets less of the many (Wortsman et al. 2022)."""
    if "from_checkpoint" not in config:
        return
    own, share = base.state_dict(), config["training"]["learnt_share"]
    base.load_state_dict({name: torch.lerp(tensor, own[name], share) if tensor.is_floating_point() else tensor
                          for name, tensor in taken(base, config).items()}, strict=False)
