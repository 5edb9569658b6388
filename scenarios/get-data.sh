#!/usr/bin/env bash
# Fetches SNDlib's Abilene set (six months of 5-minute traffic matrices, 48,096 files; ZIB Academic License: non-commercial
# academic use, cite Orlowski et al. 2010) and makes abilene-tm.csv.gz of it in scenarios/data, or in the folder $1.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
to=${1:-$here/data}
url=${LEAD_DATA_URL:-http://sndlib.zib.de/download/directed-abilene-zhang-5min-over-6months-ALL.tgz}
lead=${LEAD_PROGRAM:-$here/../build/lead}
[ -x "$lead" ] || { echo "Build first (./run.sh does): $lead is not there." >&2; exit 1; }
command -v curl >/dev/null || { echo "curl is needed to fetch $url." >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "Fetching $url"
curl --fail --location --silent --show-error --output "$work/set.tgz" "$url"
mkdir "$work/set"
tar -C "$work/set" -xzf "$work/set.tgz"
first=$(find "$work/set" -name '*.xml' -print -quit)
[ -n "$first" ] || { echo "The archive holds no .xml." >&2; exit 1; }
mkdir -p "$to"
"$lead" convert "$(dirname "$first")/" "$to/abilene-tm.csv.gz"
