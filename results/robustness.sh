#!/usr/bin/env bash
# Makes results/robustness.md: public graphs against an independent computation, limits, kills, failed allocations, outliers, hostile
# models, fuzzers. Usage: results/robustness.sh [--list | PART ...]   (graphs limits kills allocations tests fuzz; all: some four hours on
# two cores; without a name those that are out of date)
# LEAD_REPETITA and LEAD_ZOO name folders of REPETITA's .graph and .demands files and of the Topology Zoo's .graphml; without them these
# graphs are left out. LEAD_FUZZ_SECONDS (300) is for each fuzzer, LEAD_PYTHON one with scipy and networkx.
set -euo pipefail
cd "$(dirname "$0")/.."
. scenarios/setup.sh
. results/parts.sh
python=${LEAD_PYTHON:-/usr/bin/python3}

prepare() {
    install_packages tests >&2
    build build >&2
}
measure() { "$1"; }

table() { # COLUMNS: a Markdown head
    echo "| $1 |"
    sed 's/[^|]*/ --- /g; s/^/|/; s/$/|/' <<<"$1"
}

# Each part is a function of its name.
graphs() {
    echo "## Public graphs against an independent computation"
    echo
    local given=()
    [ -z "${LEAD_REPETITA:-}" ] || given+=(--repetita "$LEAD_REPETITA")
    [ -z "${LEAD_ZOO:-}" ] || given+=(--zoo "$LEAD_ZOO")
    if [ ${#given[@]} = 0 ]; then
        echo "Not at hand: LEAD_REPETITA and LEAD_ZOO name no folders."
        return
    fi
    table "what | files | largest relative difference | files that differ"
    "$python" tests/robustness/check_graphs.py build/lead "${given[@]}"
}
limits() {
    echo "## Ten commands under limits"
    echo
    table "limit | runs | worked | refused with a message | other ends, or something half written"
    "$python" tests/robustness/limits.py build/lead
}
kills() {
    echo "## Kills"
    echo
    table "what | kills | rows lost | findings"
    "$python" tests/robustness/kills.py build/lead
}
allocations() {
    echo "## Every allocation of a command fails once"
    echo
    "$python" tests/robustness/alloc.py build/lead . 1 | sed 's/^/- /'
}
tests() {
    echo "## Tables in the tests"
    echo
    table "test | what | result"
    local name
    while IFS='|' read -r name what; do
        echo "| $name | $what | $(ctest --test-dir build -R "^$name\$" >/dev/null 2>&1 && echo passed || echo failed) |"
    done <<'TABLE'
test_te_outliers|values 1e3 to 1e20 times too large, in one pair or in all, cold and warm, by every algorithm
test_te_cut_off|pairs without a path, by every algorithm
test_formats_kinds|networks with all that is odd through every pair of formats
test_options|every option of the C interface, at values out of its range
test_predict_archive|damaged and hostile TorchScript archives
test_run_sandbox|what a policy's process may read, write and start
integration_torch_hostile|models that never return, crash, run out of memory, read and write files
integration_run_processes|signals at all moments, descriptors, memory
integration_run_folder|two runs in one folder, links, full and read-only disks
integration_same_bytes|same seed, same bytes: twelve ways to run, two engines, eight policies
TABLE
}
fuzz() { # LEAD_FUZZ_SECONDS=0: only the table of what was run last
    local seconds=${LEAD_FUZZ_SECONDS:-300} status=0 log name
    echo "## Fuzzers"
    echo
    if [ "$seconds" -gt 0 ]; then
        CC=clang CXX=clang++ build build-fuzz -DLEAD_FUZZ=ON -DLEAD_SANITIZE=ON -DLEAD_NS3=OFF -DLEAD_TORCH=OFF -DLEAD_TESTS=ON -DCMAKE_BUILD_TYPE=Debug >&2
        cp "$stamp" build-fuzz/parts.stamp
        tests/fuzz/run.sh build-fuzz "$seconds" >&2 || status=$?
    else
        cp build-fuzz/parts.stamp "$stamp" # what was fuzzed then
    fi
    table "fuzzer | runs | seconds | findings"
    for log in build-fuzz/fuzz_*.log; do
        name=$(basename "$log" .log)
        if ! sed -n "s/^Done \([0-9]*\) runs in \([0-9]*\) second.*/| $name | \1 | \2 | 0 |/p" "$log" | grep .; then
            echo "| $name | | | see $log |"
            status=1
        fi
    done
    return "$status"
}

make_page results/robustness.md "$@"
