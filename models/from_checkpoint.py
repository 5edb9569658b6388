"""A base forecast that begins with what another checkpoint's has learnt: "from_checkpoint" in a configuration, the folder of a checkpoint
for any network. Its pair networks and the scales of their features are taken over; the ridge is fitted on the own TMs, and the embedding
of the own pairs, where the configuration has one, is new and without a say at first.

What a network learns of a few weeks it forgets of the many networks before. So in the end its parameters are taken a part of the way from
those that it began with to those that it has learnt (Wortsman et al. 2022): the least of SHARES that is about as good as the best one on the
choosing part, which comes right after what was learnt and flatters it.
"""
import json
import os

import torch

from models import data

NEW = ("ridge.", "steer.", "map.", "pairs.pair")  # the own network's; all else is taken over
WIDENED = "inward.weight"  # has a column for each feature and for each number of the embedding
ALIKE = ("history", "horizon")
SIZES_ALIKE = ("base", "base_depth")
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of what was learnt
ABOUT = 0.01  # of the best score


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
    folder, name, own = config["from_checkpoint"], config["name"], config["model"]
    if "base_run" in config:
        raise SystemExit(f"{name}: \"from_checkpoint\" and \"base_run\" both say where the base forecast comes from: leave one of them out")
    manifest = manifest_of(folder)
    sizes = manifest["training"]["config"]["model"]
    theirs = {**{key: manifest[key] for key in ALIKE}, **{key: sizes[key] for key in SIZES_ALIKE}, "day_offsets": sorted(manifest["day_offsets"])}
    ours = {**config, **own, "day_offsets": sorted(config["day_offsets"])}
    for key, value in theirs.items():
        if ours[key] != value:
            raise SystemExit(f"{folder}: {key} is {value}, {name} has {ours[key]}")
    if own["base_networks"] > sizes["base_networks"]:
        raise SystemExit(f"{folder}: has {sizes['base_networks']} pair networks, {name} wants {own['base_networks']} (\"base_networks\")")


def widened(theirs, like):
    """`theirs` [W, C] with columns of 0 up to the shape of `like`."""
    return torch.cat([theirs, torch.zeros(len(like), like.shape[1] - theirs.shape[1])], 1)


class Beginning:
    """`state`: parameters and buffers of a checkpoint's base forecast; empty: of none, and nothing is done."""

    def __init__(self, state):
        self.state, self.share = state, 1.0

    def taken(self, base):
        """{name: tensor} of what a BaseForecast takes over."""
        own = base.state_dict()
        return {name: widened(tensor, own[name]) if name.endswith(WIDENED) else tensor
                for name, tensor in self.state.items() if name in own and not name.startswith(NEW)}

    def fill(self, base):
        """Puts what is taken over into a BaseForecast."""
        base.load_state_dict(self.taken(base), strict=False)

    def settle(self, base, learnt=None):
        """Gives a trained BaseForecast the chosen part of what it has learnt (`learnt`: its own state unless told otherwise)."""
        learnt = learnt or base.state_dict()
        base.load_state_dict({name: torch.lerp(tensor, learnt[name], self.share) if tensor.is_floating_point() else tensor
                              for name, tensor in self.taken(base).items()}, strict=False)

    def choose(self, base, part):
        """Chooses the share by the scores of a trained `part` of models.train, whose forecast `base` is, and settles it."""
        if not self.state:
            return
        learnt, choices = {name: tensor.clone() for name, tensor in base.state_dict().items()}, []
        for self.share in SHARES:
            self.settle(base, learnt)
            found = part.scores()
            choices.append(part.choice(found))
            print(f"{self.share:g} of what was learnt: " + "  ".join(f"{key} {value:.4f}" for key, value in found.items() if "ncrps" in key), flush=True)
        self.share = next(share for share, choice in zip(SHARES, choices) if choice <= (1 + ABOUT) * min(choices))
        print(f"taken: {self.share:g} of what was learnt" + ("" if self.share else ", since none of it is better on the choosing part"), flush=True)
        self.settle(base, learnt)


def load(config):
    """(configuration, Beginning) of a configuration. The folder is left out of the configuration and its file's SHA-256 put in: a run may go
    on where it lies elsewhere, not with another beginning."""
    if "from_checkpoint" not in config:
        return config, Beginning({})
    check(config)
    path = os.path.join(config["from_checkpoint"], "base.pt")
    rest = {key: value for key, value in config.items() if key != "from_checkpoint"}
    return {**rest, "from_sha256": data.file_sha256(path)}, Beginning(torch.jit.load(path, map_location="cpu").state_dict())
