# The reference of the public headers can be made, and tells of every function that the library shows.
. "$LEAD_SOURCE/tests/integration/support.sh"
"$LEAD_SOURCE/docs/reference/make.sh" "$LEAD_BUILD" "$work/reference" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
nm -D --defined-only "$LEAD_BUILD/liblead.so" | while read -r _ _ name; do
    grep -rqF ">$name<" "$work/reference/html" || fail "the reference does not tell of $name"
done
