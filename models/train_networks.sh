#!/usr/bin/env bash
# Trains every network of models/compare on one network's TMs, one after the other; each goes on where it was killed. pure_lead wants
# the backbone of models.pretrain.
# Usage: LEAD_DATA=... models/train_networks.sh abilene [NETWORK...]   -> models/runs/compare-abilene-NETWORK/predictor.pt
set -euo pipefail
cd "$(dirname "$0")/.."
net=${1:?the network: abilene or geant}
shift
[ $# -gt 0 ] || set -- mlp gru pure_lead stgcn convlstm tsmixer dcrnn gman mtgnn lstm dlinear
for network in "$@"; do
    /usr/bin/python3 -m models.train_compare "models/configs/compare-$net.json" "$network"
done
