#!/usr/bin/env bash
# Makes results/forecast.md: every predictor on the last 20 % of Abilene and GEANT, 1 and 20 steps ahead.
# Usage: LEAD_DATA=... results/forecast.sh [WINDOWS]   (evenly spaced windows of each file, 1000 unless told otherwise)
# Comparison networks are scored when models/train_networks.sh has left them in models/runs/compare-FILE-NETWORK. The words of
# results/forecast-notes.md end the page.
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
: "${LEAD_DATA:?the folder with the real traffic matrices}"
windows=${1:-1000}
install_packages
build build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

score() { # NET: all predictors on one network's TMs, one thread
    local net=$1 network
    local predictors=(--predictor last --predictor ewma --predictor seasonal --predictor nlinear --predictor nlinear-day) suspect=()
    for network in models/runs/compare-"$net"-*/predictor.pt; do
        [ ! -e "$network" ] || predictors+=(--predictor "torchscript:$network")
    done
    [ ! -e "$LEAD_DATA/$net-tm-suspect-epochs.csv" ] || suspect=(--suspect "$LEAD_DATA/$net-tm-suspect-epochs.csv")
    build/lead evaluate "${predictors[@]}" --predictor "lead:models/checkpoints/$net-80" --tm "$LEAD_DATA/$net-tm.csv.gz" "${suspect[@]}" \
        --topology "$LEAD_DATA/$net-links.csv" --horizon 1,20 --samples 40 --windows "$windows" --threads 1 --json "$work/$net.json"
}
score abilene &
score geant
wait $!

{
    echo "# Forecasts of real traffic matrices"
    echo
    echo "Made by \`LEAD_DATA=... results/forecast.sh $windows\` at commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD -- module glue models || echo ' with changes') on"
    echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(date -u +%F). Both networks at once, one thread each; comparison networks by"
    echo "\`models/train_networks.sh NET\`, checkpoints by the commands of [docs/model-card.md](../docs/model-card.md)."
    python3 -m results.forecast_page "$work/abilene.json" "$work/geant.json"
    echo
    cat results/forecast-notes.md
} >"$work/page"
mv "$work/page" results/forecast.md
echo results/forecast.md
