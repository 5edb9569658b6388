# Some of the allocations of every command fail, one at a time; tests/robustness/alloc.py does it for all of them.
. "$LEAD_SOURCE/tests/integration/support.sh"
python3 "$LEAD_SOURCE/tests/robustness/alloc.py" "$lead" "$LEAD_SOURCE" 97 >"$work/said" 2>&1 || fail "$(cat "$work/said")"
