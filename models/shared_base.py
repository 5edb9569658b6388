"""The base forecast of another run, for variants that are to differ in nothing but their diffusion.

"base_run" in a configuration names the run: its whole-base.pt and residuals.npz, trained to the end by models.train.
"""
from models import checkpoint, crossfit, data

NAME = "whole-base.pt"
PARTS = ("pair_embedding", "map")  # of "model", beside all that begins with "base"


def shape_of(config):
    """What two configurations must agree in to share a base forecast."""
    model = {key: value for key, value in config["model"].items() if key.startswith("base") or key in PARTS}
    whole = {key: config[key] for key in ("data", "history", "day_offsets", "horizon")}
    return {**whole, "split": tuple(config.get("split", data.SPLIT)), **model}


def save(run, config, base):
    """Keeps a base forecast whose trainings are done, and whose residuals are there."""
    checkpoint.save(f"{run}/{NAME}", {"config": config, "base": base.state_dict()})


def check(path, state, config):
    """Refuses a base that is of another shape than the configuration's."""
    theirs, ours = shape_of(state["config"]), shape_of(config)
    for key in sorted(theirs | ours):
        if theirs.get(key) != ours.get(key):
            raise SystemExit(f"{path}: {key} is {theirs.get(key)}, {config['name']} has {ours.get(key)}")


def load(config, sha256):
    """(configuration, None or (parameters, residuals) of its "base_run"), `sha256` of the TM file. The run's folder is left out of the
    configuration and its files' SHA-256 put in: a run may go on where it lies elsewhere, not with another base."""
    if "base_run" not in config:
        return config, None
    path = f"{config['base_run']}/{NAME}"
    state = checkpoint.load(path)
    if state:
        check(path, state, config)
    residuals = crossfit.load(config["base_run"], config, sha256)
    if state is None or residuals is None:
        raise SystemExit(f"{path}: not there, or not {crossfit.NAME} beside it: models.train makes both when its base is trained")
    rest = {key: value for key, value in config.items() if key != "base_run"}
    sums = {"base_sha256": data.file_sha256(path), "residuals_sha256": data.file_sha256(f"{config['base_run']}/{crossfit.NAME}")}
    return {**rest, **sums}, (state["base"], residuals)
