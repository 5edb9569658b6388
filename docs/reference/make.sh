#!/usr/bin/env bash
# Makes the reference of the public headers, OUT/html/index.html, with Doxygen. Whatever it warns of, as a function without a
# comment, is an error; but fields of structures need none, where their names say all.
# Usage: docs/reference/make.sh BUILD OUT   (BUILD: a build folder, which has version.h)
set -euo pipefail
build=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^#define LEAD_VERSION "\([^"]*\)".*/\1/p' "$build/include/lead/version.h")
{
    cat docs/reference/Doxyfile
    echo "PROJECT_NUMBER = $version"
    echo "INPUT = module/include/lead $build/include/lead"
    echo "OUTPUT_DIRECTORY = $out"
    echo "WARN_LOGFILE = $out/warnings"
} | doxygen - || true
if [ ! -s "$out/html/index.html" ] || grep -v '(variable) .*is not documented' "$out/warnings"; then
    echo "The reference has faults." >&2
    exit 1
fi
