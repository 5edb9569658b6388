#!/usr/bin/env bash
# Makes results/missing.md: what gaps in the counters cost on days of Abilene and GEANT, by how they are filled: error of the fill, of the
# forecast, and of the plan. Usage: LEAD_DATA=... results/missing.sh [--list | PART ...]
# (parts: abilene, geant; without a name those that are out of date; each some minutes on two cores)
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh

measure() { /usr/bin/python3 -m results.missing_page "$1"; }

make_page results/missing.md "$@"
