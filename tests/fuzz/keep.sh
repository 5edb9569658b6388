#!/usr/bin/env bash
# Keeps what fuzzing found of new code: the least set of inputs of the build folder $1 that reaches what all of them reach, at most $2 (60)
# a fuzzer and 4 KiB each, beside the seeds that people wrote (names without a 40-digit sum) in corpus/NAME.
set -euo pipefail
build=$(realpath "$1") most=${2:-60}
here=$(dirname "$(realpath "$0")")
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
for work in "$build"/corpus/fuzz_*; do
    name=$(basename "$work")
    kept=$here/corpus/$name least=$build/least/$name
    [ -x "$build/$name" ] || continue
    rm -rf "$least" && mkdir -p "$least" "$kept"
    (cd "$build" && "./$name" -merge=1 -max_len=4096 "$least" "$kept" "$work") >"$build/$name.merge" 2>&1 || { tail -n 5 "$build/$name.merge" >&2; exit 1; }
    find "$kept" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
    # The smallest first: they reach most for their size.
    find "$least" -type f -printf '%s %p\n' | sort -n | sed -n "1,${most}p" | while read -r _ file; do
        [ -e "$kept/$(basename "$file")" ] || cp "$file" "$kept/"
    done
    echo "$name: $(find "$kept" -type f | wc -l) inputs"
done
