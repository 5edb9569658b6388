# The policies' regression suite, scenarios/regression: no policy is worse than when its baseline was accepted; and a policy that is made
# worse on purpose is caught, and named alone.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
mkdir scenarios
cp -r "$LEAD_SOURCE"/scenarios/{abilene,geant}.yaml "$LEAD_SOURCE/scenarios/regression" scenarios/
suite=(scenarios/regression/*.yaml)
[ -e "$LEAD_BUILD/liblead-torch.so" ] || suite=("${suite[@]/*lead.yaml/}")
[ "${#suite[@]}" -ge 10 ] || fail "${#suite[@]} scenarios"
# shellcheck disable=SC2068 # the one that is left out is empty
"$lead" test ${suite[@]} --junit report.xml >shown 2>said || fail "$(cat shown said)"
python3 - <<'PY' || fail "report.xml"
import xml.etree.ElementTree as ET
suites = ET.parse("report.xml").getroot()
assert len(suites) >= 10 and all(s.get("failures") == "0" for s in suites)
PY
diff -r scenarios/regression "$LEAD_SOURCE/scenarios/regression" || fail "a test changed the suite"

# Worse on purpose: one path a pair, weights that are not searched, a plan that is kept for too long.
worse() { # SCENARIO POLICY KEY=VALUE
    ! "$lead" test "scenarios/regression/$1.yaml" --set "policies.$2.te.$3" >shown 2>said || fail "$1 with $3 passed: $(cat shown)"
    grep -q "^  $2: WORSE" shown || fail "$2 is not named: $(cat shown)"
    [ "$(grep -c "^  [a-z-]*: WORSE" shown)" = 1 ] || fail "another policy is named: $(cat shown)"
    grep -q "^    mlu" shown && grep -q "^    first change in epoch" shown || fail "$(cat shown)"
}
worse steady hedged paths=1
worse steady weights evaluations=1
worse link-failure reactive every=6
