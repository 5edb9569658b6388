# What the integration tests share; to be sourced. $LEAD_BUILD and $LEAD_SOURCE come from ctest.
set -euo pipefail
lead=$LEAD_BUILD/lead
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# refused PATTERN COMMAND...: the command ends with status 1 and a message that matches.
refused() {
    local pattern=$1 status=0
    shift
    "$@" >"$work/said" 2>&1 || status=$?
    [ "$status" = 1 ] || fail "$* ended with $status: $(cat "$work/said")"
    grep -qE -- "$pattern" "$work/said" || fail "$* said \"$(cat "$work/said")\", not /$pattern/"
}

# number FILE POLICY KEY...: a number of a summary.json.
number() {
    python3 - "$@" <<'PY'
import json, sys
path, policy, *keys = sys.argv[1:]
value = next(p for p in json.load(open(path))["policies"] if p["name"] == policy)
for key in keys:
    value = value[key]
print(value)
PY
}

# holds EXPRESSION: a Python expression is true.
holds() {
    python3 -c "import sys; sys.exit(not ($1))" || fail "$1"
}

# has_ns3: this build has the packet engine.
has_ns3() { "$lead" info | grep -q '^engines.*ns3'; }

# Without the real data (LEAD_DATA) a test that needs it is no test; CI always has it.
need_data() {
    [ -n "${LEAD_DATA:-}" ] && [ -f "$LEAD_DATA/$1" ] || { echo "skipped: no $1 in \$LEAD_DATA"; exit 0; }
}
