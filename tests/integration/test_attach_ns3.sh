# An ordinary ns-3 program gains the controller in under 10 lines, is built against the installed library, and carries more.
. "$LEAD_SOURCE/tests/integration/support.sh"
example=$LEAD_SOURCE/scenarios/attach
[ "$(grep -c '// lead:' "$example/branch-office.cc")" -lt 10 ] || fail "attaching takes 10 lines or more"
cmake --install "$LEAD_BUILD" --prefix "$work/usr" >"$work/log" || fail "$(cat "$work/log")"
cmake -S "$example" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/usr" >"$work/log" 2>&1 && ninja -C "$work/build" >>"$work/log" 2>&1 ||
    fail "$(tail -n 30 "$work/log")"
cd "$work"
alone=$("$work/build/branch-office" | cut -d' ' -f1)
attached=$("$work/build/branch-office" --controller="$example/controller.yaml" | cut -d' ' -f1)
echo "alone $alone Mbit/s, attached $attached Mbit/s"
holds "8 < $alone < 10"        # the short way's 10 Mbit/s
holds "$attached > 1.5 * $alone" # both ways
[ "$(wc -l <attached/epochs.csv)" = 40 ] || fail "not 39 epochs: $(wc -l <attached/epochs.csv)"
awk -F, '$2 == "A" && $3 == "C" && $1 > 10 && $7 > 0.5 { used = 1 } END { exit !used }' attached/links.csv || fail "the longer way is not used"
printf 'name: x\npolicies: [ { name: p, te: { algorithm: magic } } ]\n' >bad.yaml
status=0
"$work/build/branch-office" --controller=bad.yaml >said 2>&1 || status=$?
[ $status != 0 ] && grep -q 'bad.yaml:2: policies\[0\].te.algorithm: "magic"' said || fail "a bad file: $(cat said)"
