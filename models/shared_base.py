"""The base forecast of another run, for variants that are to differ in nothing but their diffusion.

"base_run" in a configuration names the run: its base.pt, trained to the end by models.train.
"""
from models import checkpoint, data

PARTS = ("pair_embedding", "map")  # of "model", beside all that begins with "base"


def shape_of(config):
    """What two configurations must agree in to share a base forecast."""
    model = {key: value for key, value in config["model"].items() if key.startswith("base") or key in PARTS}
    whole = {key: config[key] for key in ("data", "history", "day_offsets", "horizon")}
    return {**whole, "split": tuple(config.get("split", data.SPLIT)), **model}


def is_done(state):
    return state is not None and state["step"] >= state["config"]["training"]["base"]["steps"]


def check(path, state, config):
    """Refuses a base that is not trained to the end, or is of another shape than the configuration's."""
    if state is None:
        raise SystemExit(f"{path}: not there; models.train makes it")
    if not is_done(state):
        raise SystemExit(f"{path}: its training is at step {state['step']}; models.train goes on with it")
    theirs, ours = shape_of(state["config"]), shape_of(config)
    for key in sorted(theirs | ours):
        if theirs.get(key) != ours.get(key):
            raise SystemExit(f"{path}: {key} is {theirs.get(key)}, {config['name']} has {ours.get(key)}")


def load(config):
    """(configuration, state of the base part of its "base_run" or None). The run's folder is left out of the
    configuration and its file's SHA-256 put in: a run may go on where it lies elsewhere, not with another base."""
    if "base_run" not in config:
        return config, None
    path = f"{config['base_run']}/base.pt"
    state = checkpoint.load(path)
    check(path, state, config)
    rest = {key: value for key, value in config.items() if key != "base_run"}
    return {**rest, "base_sha256": data.file_sha256(path)}, state


def take(base, state):
    """Gives a base forecast the averaged parameters of the best step of that training."""
    best = state["best"] or {"average": state["average"]}
    base.load_state_dict(state["model"])
    base.load_state_dict(best["average"], strict=False)
    base.eval()
