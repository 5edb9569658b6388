#!/usr/bin/env bash
# Makes results/studies.md: bursts, single link failures of GEANT on both engines, blackouts of counters, which link to upgrade, by
# `lead whatif` on scenarios/studies. Usage: LEAD_DATA=... results/studies.sh [--list | PART ...]   (parts: burst, failures, blackout,
# upgrade; without a name those that are out of date; each under ten minutes on two cores)
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh

measure() { /usr/bin/python3 -m results.studies_page "$1"; }

make_page results/studies.md "$@"
