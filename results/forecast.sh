#!/usr/bin/env bash
# Makes results/forecast.md: every predictor on the last 20 % of Abilene and GEANT, 1 and 20 steps ahead.
# Usage: LEAD_DATA=... results/forecast.sh [--list | PART ...]   (every-abilene every-geant abilene geant; without a name those that are
# out of date). LEAD and the classical forecasts are scored on every window; all predictors on LEAD_WINDOWS (300), evenly spaced. Comparison networks are scored when models/train_networks.sh has
# left them in models/runs/compare-FILE-NETWORK.
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh
windows=${LEAD_WINDOWS:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What LEAD does by default its rivals may do, too.
classical=()
for name in last ewma seasonal nlinear nlinear-day; do
    classical+=(--predictor "$name,recalibrate=daily")
done

evaluate() { # NET ARGUMENT...: one thread; LEAD, its parts and the classical forecasts beside what is named
    local net=$1 lead=lead:models/checkpoints/$1-80 suspect=() name parts
    shift
    parts=$(/usr/bin/python3 -m results.forecast_rows "${lead#lead:}" "$work/$net")
    for name in $parts; do
        set -- "$@" --predictor "$name"
    done
    [ ! -e "$LEAD_DATA/$net-tm-suspect-epochs.csv" ] || suspect=(--suspect "$LEAD_DATA/$net-tm-suspect-epochs.csv")
    build/lead evaluate "${classical[@]}" "$@" --predictor "$lead" --against "$lead" --tm "$LEAD_DATA/$net-tm.csv.gz" "${suspect[@]}" \
        --topology "$LEAD_DATA/$net-links.csv" --horizon 1,20 --samples 40 --threads 1 --json "$work/$net.json"
}
score() { # NET: all predictors on one network's TMs
    local net=$1 lead=lead:models/checkpoints/$1-80 name predictors=()
    for name in models/runs/compare-"$net"-*/predictor.pt; do
        [ ! -e "$name" ] || predictors+=(--predictor "torchscript:$name,recalibrate=daily")
    done
    evaluate "$net" "${predictors[@]}" --predictor "$lead,recalibrate=never" --windows "$windows"
}
measure() {
    rm -rf "${work:?}/${1#every-}" # of the network's other part
    case $1 in
    every-*) evaluate "${1#every-}" ;;
    *) score "$1" ;;
    esac >&2
    /usr/bin/python3 -m results.forecast_page "$work/${1#every-}.json"
}

make_page results/forecast.md "$@"
