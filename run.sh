#!/usr/bin/env bash
# Builds what is needed and runs the main job: a day of Abilene in ns-3 under five policies, and its report. Usage:
#   ./run.sh [SCENARIO.yaml [options of `lead run`]]
#   ./run.sh --install [PREFIX]   builds, and installs the program with man pages, completions, scenarios and models; PREFIX is
#                                 /usr/local for root, else ~/.local
set -euo pipefail
cd "$(dirname "$0")"
. scenarios/setup.sh
export LEAD_TARGETS=product # not the tests

if [ "${1:-}" = --install ]; then
    install_packages run
    build build
    install_program build "${2:-}"
    exit
fi
scenario=${1:-}
if [ -z "$scenario" ]; then
    if find_data abilene-tm.csv.gz; then
        scenario=scenarios/abilene-day.yaml
    else
        echo "Real Abilene traffic is not here (scenarios/get-data.sh fetches it): running synthetic traffic instead."
        scenario=scenarios/abilene-synthetic.yaml
    fi
else
    shift
fi
install_packages run
build build
[ $# -eq 0 ] || exec build/lead run "$scenario" "$@" # the options say where its results go
build/lead run "$scenario"
name=$(sed -n 's/^name: *\([^ #]*\).*/\1/p' "$scenario" | head -n 1)
build/lead report "out/$name" # without npm it says what is missing
