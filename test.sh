#!/usr/bin/env bash
# Builds everything and runs all tests: formatting, faults of shell scripts and Python, warnings, the tests of the full build, the
# unit tests of module/ under AddressSanitizer and UndefinedBehaviorSanitizer, and a short run of every fuzzer. LEAD_SECOND_NS3=DIR: the
# tests of ns-3 with the one in DIR as well (docs/ns3.md).
set -euo pipefail
cd "$(dirname "$0")"
. scenarios/setup.sh
install_packages tests

step() { echo "== $* ($(date +%T))"; }

step "formatting"
git ls-files -co --exclude-standard 'module/*.c' 'module/*.h' 'glue/*.cc' 'glue/*.h' 'tests/*.c' 'tests/*.cc' 'tests/*.h' 'scenarios/*.cc' 'examples/*.cc' |
    xargs clang-format --dry-run -Werror

step "shell scripts and Python"
git ls-files -co --exclude-standard '*.sh' | xargs shellcheck
git ls-files -co --exclude-standard '*.py' | xargs pyflakes3

step "build, warnings are errors"
build build -DLEAD_WERROR=ON

step "sanitizer build of module/"
build build-sanitize -DLEAD_WERROR=ON -DLEAD_SANITIZE=ON -DLEAD_NS3=OFF -DLEAD_TORCH=OFF -DCMAKE_BUILD_TYPE=Debug

step "fuzzers"
CC=clang CXX=clang++ build build-fuzz -DLEAD_FUZZ=ON -DLEAD_SANITIZE=ON -DLEAD_NS3=OFF -DLEAD_TORCH=OFF -DLEAD_TESTS=ON -DCMAKE_BUILD_TYPE=Debug
tests/fuzz/run.sh build-fuzz 10

step "unit tests under the sanitizers"
ctest --test-dir build-sanitize --output-on-failure -j "$(nproc)"

step "all tests"
ctest --test-dir build --output-on-failure -j "$(nproc)"

if [ -n "${LEAD_SECOND_NS3:-}" ]; then
    step "tests of ns-3 with the one in $LEAD_SECOND_NS3"
    build build-second-ns3 -DLEAD_WERROR=ON -DLEAD_TORCH=OFF "-DLEAD_NS3_DIR=$LEAD_SECOND_NS3"
    ctest --test-dir build-second-ns3 --output-on-failure -j "$(nproc)" -R ns3
else
    step "tests with a second ns-3: skipped, since LEAD_SECOND_NS3 names none"
fi
