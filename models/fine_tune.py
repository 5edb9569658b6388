"""Fine-tunes a checkpoint for any network on one network's own TMs, in minutes, and writes the checkpoint of that network.

    /usr/bin/python3 -m models.fine_tune DATA/NAME-tm.csv.gz OUT [--checkpoint FOLDER] [--split FIT CHOOSE] [--run DIR] [--threads N]

NAME-tm.csv.gz: TMs in kbit/s on a regular grid (lead convert writes it); epochs that NAME-tm-suspect-epochs.csv beside it lists are left
out. FOLDER: any of models/checkpoints unless told otherwise. FIT and CHOOSE are shares of the file: 0.7 0.8, so up to 70 % is learnt from, 10 %
choose, and the last 20 % are never loaded: score on these. RUN: models/runs/NAME-fine-FIT-CHOOSE. Kill it at any moment; the same command
goes on.

It is models.train with models/configs/fine-tune.json, whose base forecasts begin with the checkpoint's (models/from_checkpoint.py).
"""
import argparse
import json
import os

import torch

from models import calibrate, data, from_checkpoint, train, training
from models.export import export_run

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = f"{HERE}/configs/fine-tune.json"
ANY = f"{HERE}/checkpoints/any"
ENDING = "-tm.csv.gz"


def name_of(path):
    name = os.path.basename(path)
    if not name.endswith(ENDING) or name == ENDING:
        raise SystemExit(f"{path}: TMs are read from NAME{ENDING}, kbit/s: lead convert FILE DATA/my{ENDING} --topology NETWORK")
    if not os.path.exists(path):
        raise SystemExit(f"{path}: not there")
    return name.removesuffix(ENDING)


def configuration(name, folder, split):
    """That of models.train for the TMs of a name, of the sizes of the checkpoint in `folder`."""
    if not 0 < split[0] < split[1] <= 1:
        raise SystemExit(f"--split {split[0]:g} {split[1]:g}: two shares of the file, the first below the second, at most 1, as in --split 0.7 0.8")
    with open(SETTINGS) as file:
        settings = json.load(file)
    manifest = from_checkpoint.manifest_of(folder)
    theirs = manifest["training"]["config"]["model"]
    sizes = {key: theirs[key] for key in from_checkpoint.SIZES_ALIKE}
    shape = {key: manifest[key] for key in (*from_checkpoint.ALIKE, "day_offsets")}
    return {**settings, **shape, "name": f"{name}-fine", "data": name, "split": list(split), "from_checkpoint": folder,
            "model": {**settings["model"], **sizes}}


def shipped(folder):
    """A checkpoint's folder, or its name in models/checkpoints."""
    return f"{HERE}/checkpoints/{folder}" if not os.path.exists(folder) and os.path.exists(f"{HERE}/checkpoints/{folder}") else folder


def check_folder(path):
    """Tells where no folder can be made before minutes are spent, and makes none."""
    there = os.path.abspath(path)
    while not os.path.lexists(there):
        there = os.path.dirname(there)
    if not os.path.isdir(there) or not os.access(there, os.W_OK):
        raise SystemExit(f"{path}: no folder for a checkpoint: {there} is " + ("not to be written to" if os.path.isdir(there) else "a file"))


def make_folder(path):
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"{path}: no folder for a checkpoint: {error.strerror}") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tm", metavar="DATA/NAME-tm.csv.gz", help="the network's TMs")
    parser.add_argument("out", help="folder of the new checkpoint")
    parser.add_argument("--checkpoint", default=ANY, help="what to begin with, for any network (default: any)")
    parser.add_argument("--split", type=float, nargs=2, default=data.SPLIT, metavar=("FIT", "CHOOSE"),
                        help="up to which part of the file it learns, and up to which it chooses (default: {:g} {:g})".format(*data.SPLIT))
    parser.add_argument("--run", help="folder of the training's state, from which it goes on (default: models/runs/NAME-fine-FIT-CHOOSE)")
    parser.add_argument("--threads", type=training.thread_count, default=1, metavar="N")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = configuration(name_of(arguments.tm), shipped(arguments.checkpoint), arguments.split)
    folder, run = os.path.dirname(arguments.tm) or ".", arguments.run or "models/runs/{}-{:g}-{:g}".format(config["name"], *config["split"])
    check_folder(arguments.out)
    parts = train.start(config, folder, run)
    make_folder(arguments.out)
    for part in parts:
        part.train()
    calibrate.fit(run, folder)
    export_run(run, arguments.out)
    print(f"{arguments.out}: of {config['data']}, fine-tuned from {arguments.checkpoint}")


if __name__ == "__main__":
    main()
