#!/usr/bin/env bash
# Makes results/forecast.md: every predictor on the last 20 % of Abilene and GEANT, 1 and 20 steps ahead.
# Usage: LEAD_DATA=... results/forecast.sh [--list | PART ...]   (abilene geant; without a name those that are out of date)
# LEAD_WINDOWS (300) evenly spaced windows of each file are scored. Comparison networks are scored when models/train_networks.sh has
# left them in models/runs/compare-FILE-NETWORK.
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh
windows=${LEAD_WINDOWS:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

score() { # NET: all predictors on one network's TMs, one thread
    local net=$1 lead=lead:models/checkpoints/$1-80 name parts
    # What LEAD does by default its rivals may do, too.
    local predictors=() suspect=()
    for name in last ewma seasonal nlinear nlinear-day; do
        predictors+=(--predictor "$name,recalibrate=daily")
    done
    for name in models/runs/compare-"$net"-*/predictor.pt; do
        [ ! -e "$name" ] || predictors+=(--predictor "torchscript:$name,recalibrate=daily")
    done
    parts=$(/usr/bin/python3 -m results.forecast_rows "${lead#lead:}" "$work/$net")
    for name in $parts; do
        predictors+=(--predictor "$name")
    done
    [ ! -e "$LEAD_DATA/$net-tm-suspect-epochs.csv" ] || suspect=(--suspect "$LEAD_DATA/$net-tm-suspect-epochs.csv")
    build/lead evaluate "${predictors[@]}" --predictor "$lead,recalibrate=never" --predictor "$lead" --against "$lead" --tm "$LEAD_DATA/$net-tm.csv.gz" "${suspect[@]}" \
        --topology "$LEAD_DATA/$net-links.csv" --horizon 1,20 --samples 40 --windows "$windows" --threads 1 --json "$work/$net.json"
}
measure() {
    score "$1" >&2
    /usr/bin/python3 -m results.forecast_page "$work/$1.json"
}

make_page results/forecast.md "$@"
