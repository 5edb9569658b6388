#!/usr/bin/env bash
# Makes results/detection.md: anomalies of known place and size in days of Abilene and GEANT, found by how surprising measured matrices are
# under their forecasts, by thresholds on links, and by residuals. Usage: LEAD_DATA=... results/detection.sh [--list | PART ...]
# (parts: abilene, geant; without a name those that are out of date; each some minutes on two cores)
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh

measure() { /usr/bin/python3 -m results.detection_page "$1"; }

make_page results/detection.md "$@"
