#!/usr/bin/env bash
# Makes results/te.md and docs/figures/te-*.svg: TE algorithms on REPETITA's networks, closed loops over the last 20 % of Abilene and
# GEANT, congested days in ns-3. Usage: LEAD_DATA=... results/te.sh [PART ...]   (parts: results/te_page.py; all: an hour and a half on two cores)
# The words of results/te-notes.md end the page.
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
: "${LEAD_DATA:?the folder with the real traffic matrices}"
install_packages
build build
/usr/bin/python3 -m results.te_page "$@"
