#!/usr/bin/env bash
# Makes results/te.md and docs/figures/te-*.svg: TE algorithms on REPETITA's networks, closed loops over the last 20 % of Abilene and
# GEANT, congested days in ns-3. Usage: LEAD_DATA=... results/te.sh [--list | PART ...]   (parts: results/te_page.py; without a name those
# that are out of date; all: an hour and a half on two cores)
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh

measure() { /usr/bin/python3 -m results.te_page "$1"; }

make_page results/te.md "$@"
