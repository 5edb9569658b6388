#!/usr/bin/env bash
# Runs every fuzzer of the build folder $1 for $2 seconds each, from the seeds in corpus/NAME if there are any; a finding is
# left in the build folder and ends the run with status 1.
set -euo pipefail
build=$(realpath "$1") seconds=$2
here=$(dirname "$(realpath "$0")")
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
run_one() {
    local fuzzer=$1 name work
    name=$(basename "$fuzzer")
    work=$build/corpus/$name
    mkdir -p "$work"
    local seeds=()
    [ -d "$here/corpus/$name" ] && seeds=("$here/corpus/$name")
    if ! (cd "$build" && "$fuzzer" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -artifact_prefix="$build/$name-" \
        "$work" "${seeds[@]}") >"$build/$name.log" 2>&1; then
        tail -n 40 "$build/$name.log" >&2
        echo "$name found something: see $build/$name.log" >&2
        return 1
    fi
    echo "$name: $(grep -oE 'Done [0-9]+ runs' "$build/$name.log" || echo ran)"
}
export -f run_one
export build seconds here
# shellcheck disable=SC2016 # the inner shell expands it
find "$build" -maxdepth 1 -name 'fuzz_*' -type f -executable -print0 | sort -z | xargs -0 -n 1 -P "$(nproc)" bash -c 'run_one "$1"' _
