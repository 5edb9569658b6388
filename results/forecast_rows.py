"""Checkpoints that lack one of LEAD's parts, for results/forecast.sh, which scores them beside the whole one.

    /usr/bin/python3 -m results.forecast_rows CHECKPOINT OUT     a name of a predictor a line
"""
import sys

from models.experiments.given import read_manifest
from models.experiments.paths import independent, with_bank


def rows(checkpoint, out):
    """Names of predictors: the base forecast whose steps and pairs are independent, and where the checkpoint has a denoiser the paths of
    the past without it."""
    yield f"lead:{with_bank(checkpoint, f'{out}/base-without-paths', independent)}"
    if read_manifest(checkpoint)["diffusion"]["sampling_steps"] > 0:
        yield f"lead:{with_bank(checkpoint, f'{out}/base-and-paths', None)}"


if __name__ == "__main__":
    print(*rows(*sys.argv[1:]), sep="\n")
