"""Checkpoints that lack one of LEAD's parts, for results/forecast.sh, which scores them beside the whole one.

    /usr/bin/python3 -m results.forecast_rows CHECKPOINT OUT     a name of a predictor a line
"""
import sys

from models.experiments.paths import as_it_was, independent, with_bank


def rows(checkpoint, out):
    """Names of predictors: the base forecast whose steps and pairs are independent, and that with whole windows of the past as they
    were."""
    yield f"lead:{with_bank(checkpoint, f'{out}/base-without-paths', independent)}"
    yield f"lead:{with_bank(checkpoint, f'{out}/bootstrap', as_it_was)}"


if __name__ == "__main__":
    print(*rows(*sys.argv[1:]), sep="\n")
