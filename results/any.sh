#!/usr/bin/env bash
# Makes results/any.md: what the checkpoint for any network forecasts on one that it has not seen, after 0 to 30 days of that network's own
# counters. Usage: LEAD_DATA=... results/any.sh [--list | PART ...] (parts: abilene, geant, tuned-abilene, tuned-geant; five and fifteen
# minutes each on one core, and before the first the training of models.train_any, which goes on where it was)
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh

prepare() {
    prepare_runs
    [ -s models/runs/without-geant/manifest.json ] ||
        /usr/bin/python3 -m models.train_any models/configs/any.json build/any --held-out models/runs >&2
}
measure() { /usr/bin/python3 -m results.any_page "$1"; }

make_page results/any.md "$@"
