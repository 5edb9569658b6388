#!/usr/bin/env bash
# Makes BUILD/report.html: npm gets ECharts and esbuild as package-lock.json has them, bundle.mjs makes one file. A build without it
# is a build all the same: what goes wrong is said, and the status is 0. Usage: build.sh BUILD NPM NODE
set -euo pipefail
page=$(cd "$(dirname "$0")" && pwd)
build=$1 npm=$2 node=$3
work=$build/report-page

say() {
    echo "note: $*. The rest is built; \`lead report\` has no page until this succeeds: build again" >&2
    tail -n 5 "$work/npm.log" >&2
    exit 0
}

mkdir -p "$work"
rm -f "$build/report.html"
if ! cmp -s "$page/package-lock.json" "$work/installed"; then
    rm -f "$work/installed"
    cp "$page/package.json" "$page/package-lock.json" "$work/"
    (cd "$work" && "$npm" ci --ignore-scripts --no-audit --no-fund --fetch-retries=1) >"$work/npm.log" 2>&1 || say "npm ci failed, see $work/npm.log"
    cp "$page/package-lock.json" "$work/installed"
fi
"$node" "$page/bundle.mjs" "$work" "$build/report.html" >"$work/npm.log" 2>&1 || say "bundling failed, see $work/npm.log"
