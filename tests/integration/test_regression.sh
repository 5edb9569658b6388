# `lead test`: baselines, verdicts in their order, tolerances, what changed first, --update, JUnit; and what is wrong is said.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # EXPECT MORE
    cat <<Y
name: s
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: 12, history: 300 }, load: { optimal_mlu_peak: 0.8 } }
policies:
  - { name: fixed, te: { algorithm: ecmp } }
  - { name: mcf, predict: { model: last }, te: { algorithm: mcf } }
engine: fluid
events: [ { kind: link-failure, link: KSCYng-IPLSng, epoch: 6 } ]
$1
Y
}
scenario "" >s.yaml
tested() { "$lead" test "$@" >shown 2>said; }
# Without a baseline there is nothing to compare with; --update makes it; the same run is the same.
! tested s.yaml || fail "no baseline, and no failure"
grep -q "there is no baseline baselines/s.json: --update makes it" shown || fail "$(cat shown)"
[ ! -e baselines ] || fail "a test wrote a baseline"
tested s.yaml --update || fail "$(cat said)"
tested s.yaml || fail "$(cat shown said)"
grep -q "^s  *same  *2 policies" shown && [ "$(wc -l <shown)" = 1 ] || fail "$(cat shown)"
cp -r baselines first
# Another place, the same baseline; what is there already is overwritten by an update alone.
tested "$work/s.yaml" --out elsewhere --jobs 1 || fail "$(cat shown said)"
[ -f elsewhere/s/summary.json ] || fail "--out"
diff -r baselines first || fail "a test changed a baseline"
# A number that is newer than the baseline is not compared with it; what is expected of it holds nonetheless.
sed -i '/"mlu.p99"/d' baselines/s.json
tested s.yaml --set policies.mcf.te.every=1 || fail "a number that the baseline lacks: $(cat shown said)"
scenario "expect: { mcf: { mlu.p99: { max: 0.01 } } }" >expects.yaml
sed -i 's/^name: s$/name: expects/' expects.yaml
cp baselines/s.json baselines/expects.json
cp -r baselines/s baselines/expects
! tested expects.yaml && grep -q "mlu.p99.*to be at most 0.01" shown || fail "an expectation of a number that the baseline lacks: $(cat shown)"
rm -r baselines
cp -r first baselines

# A policy that was made worse on purpose is named, with its metrics and what changed first; the others are the same.
worse() { tested s.yaml --set policies.mcf.te.every=6 "$@"; }
! worse --junit j.xml || fail "a worse policy passed: $(cat shown)"
grep -q "^s  *WORSE" shown && grep -q "^  mcf: WORSE" shown && ! grep -q "^  fixed" shown || fail "$(cat shown)"
grep -qE "^    mlu_over_optimum.mean +[0-9.]+ -> [0-9.]+ \(\+[0-9.]+ %\), limit 0.5 %" shown || fail "$(cat shown)"
grep -q "^    first change in epoch [0-9]*, 2004-07-20T" shown && grep -qE "^      (links_changed|moved_fraction) +[0-9.]+ -> " shown || fail "$(cat shown)"
grep -qE "link [A-Za-z0-9]+-[A-Za-z0-9]+, which changed most: utilisation [0-9.]+ -> [0-9.]+" shown || fail "$(cat shown)"
grep -q "1 of 1 scenarios are worse than their baseline (--update accepts" said || fail "$(cat said)"
awk 'length > 80 { exit 1 }' shown || fail "wider than 80 columns: $(cat shown)"
python3 - <<'PY' || fail "$(cat j.xml)"
import xml.etree.ElementTree as ET
root = ET.parse("j.xml").getroot()
assert root.tag == "testsuites" and [s.get("name") for s in root] == ["s"]
cases = root[0].findall("testcase")
names = [(c.get("classname"), c.get("name")) for c in cases]
assert len(set(names)) == len(names) == int(root[0].get("tests"))
failed = [n for n, c in zip(names, cases) if c.find("failure") is not None]
assert len(failed) == int(root[0].get("failures")) > 0
assert all(c == "s.mcf" for c, _ in failed) and ("s.mcf", "mlu_over_optimum.mean") in failed and ("s.fixed", "mlu.mean") in names
assert not any("seconds" in n for _, n in names)
message = next(c.find("failure") for c in cases if (c.get("classname"), c.get("name")) == ("s.mcf", "mlu_over_optimum.mean"))
assert " -> " in message.get("message") and "first change in epoch" in message.text
PY
# --update says what it accepts; then the old policy is the better one, which is no failure, and is named.
worse --update || fail "$(cat said)"
grep -q "accepted" shown && grep -q "mlu_over_optimum.mean" shown || fail "$(cat shown)"
grep -q "warning: --update accepts runs that --set makes other than the scenario files say" said || fail "$(cat said)"
worse || fail "the accepted run is not the same: $(cat shown)"
! tested s.yaml || fail "more churn is worse, whatever the MLU: $(cat shown)"
scenario 'expect: { mcf: { route_changes.links: { rel: 5 }, route_changes.split_moved_fraction: { rel: 5 }, delay_s.mean: { rel: 1 }, delay_s.p99: { rel: 1 } } }' >s.yaml
tested s.yaml || fail "better is no failure: $(cat shown)"
grep -q "^  mcf: better" shown && grep -q "^    mlu_over_optimum.mean .*(-" shown || fail "$(cat shown)"
rm -r baselines && cp -r first baselines
scenario "" >s.yaml

# Tolerances: the closest rule counts; rel, abs, max, min, below, above.
while IFS='|' read -r wanted expect; do
    scenario "expect: $expect" >s.yaml
    got=0
    tested s.yaml --set policies.mcf.te.every=2 || got=1
    [ "$got" = "$wanted" ] || fail "$expect gave $got: $(cat shown said)"
done <<'T'
1|{ }
0|{ mcf: { "*": { rel: 5 } } }
0|{ "*": { "*": { rel: 5 } } }
1|{ "*": { "*": { rel: 5 } }, mcf: { mlu.mean: { rel: 0 } } }
0|{ mcf: { "*": { rel: 5 }, mlu.mean: { max: 2 } } }
1|{ mcf: { "*": { rel: 5 }, mlu.mean: { max: 0.1 } } }
1|{ mcf: { "*": { rel: 5 }, mlu.mean: { min: 2 } } }
1|{ mcf: { "*": { rel: 5 }, mlu.mean: { max: 2, min: 1.9 } } }
0|{ mcf: { "*": { rel: 5 }, mlu_over_optimum.mean: { below: fixed } } }
1|{ mcf: { "*": { rel: 5 }, mlu_over_optimum.mean: { above: fixed } } }
1|{ fixed: { mlu.p99: { below: mcf } }, mcf: { "*": { rel: 5 } } }
0|{ mcf: { "*": { abs: 100 } } }
T
# Expectations hold without a difference, too.
scenario "expect: { fixed: { mlu.p99: { max: 0.5 } } }" >s.yaml
! tested s.yaml || fail "an expectation that does not hold passed"
grep -q "fixed: WORSE" shown && grep -q "to be at most 0.5" shown || fail "$(cat shown)"

# What cannot be read is said, with its line.
while IFS='|' read -r pattern expect; do
    scenario "expect: $expect" >s.yaml
    ! tested s.yaml || fail "$expect passed"
    grep -q -- "$pattern" said || fail "$expect said: $(cat said)"
done <<'T'
s.yaml:9: expect: "other" is none of fixed, mcf|{ other: { mlu.p99: { max: 1 } } }
s.yaml:9: expect: "speed" is none of mlu.mean, mlu.p50|{ mcf: { speed: { max: 1 } } }
s.yaml:9: expect: "most" is none of rel, abs, max|{ mcf: { mlu.p99: { most: 1 } } }
s.yaml:9: expect: max: "much" is not a number|{ mcf: { mlu.p99: { max: much } } }
s.yaml:9: expect: rel: "-1" is not a number from 0 on|{ mcf: { mlu.p99: { rel: -1 } } }
s.yaml:9: expect: "none" is none of fixed, mcf|{ mcf: { mlu.p99: { below: none } } }
s.yaml:9: expect: mcf is a value, not a mapping of metrics|{ mcf: 3 }
s.yaml:9: expect: mlu.p99 says nothing: state rel, abs|{ mcf: { mlu.p99: {} } }
T
scenario "" >s.yaml
sed 's/^name: s$/name: u/' s.yaml >u.yaml
tested u.yaml --update || fail "$(cat shown said)"
for broken in '{' '{}' '{"build": "x", "data": "", "policies": {"mcf": 3}}'; do
    echo "$broken" >baselines/s.json
    ! tested s.yaml u.yaml --junit j.xml || fail "$broken passed"
    grep -q "^s  *FAILED" shown && grep -q "baselines/s.json:[0-9]*: .*--update makes another" shown || fail "$broken said: $(cat shown said)"
    grep -q "^u  *same" shown && grep -q 'suite name="u"' j.xml || fail "another scenario did not go on: $(cat shown said)"
done
rm -r baselines && cp -r first baselines
# A policy that came or went; other data, another build: said.
scenario "" | sed 's/name: fixed/name: renamed/' >s.yaml
! tested s.yaml || fail "a policy is gone, and no failure"
grep -q "renamed: WORSE: the baseline has no such policy" shown && grep -q "fixed: WORSE: the scenario has it no more" shown || fail "$(cat shown)"
scenario "" >s.yaml
sed -i 's/"build": ".*"/"build": "0.0.1 (cc)"/' baselines/s.json
tested s.yaml || fail "another build alone is no failure: $(cat shown)"
! worse || fail "worse passed"
grep -q "the baseline's build was 0.0.1 (cc), this is" shown || fail "$(cat shown)"
# Rows of another baseline are not looked at.
cp baselines/s/fixed.epochs.csv.gz baselines/s/mcf.epochs.csv.gz
! worse || fail "worse passed"
! grep -q "first change" shown || fail "rows of another policy were taken: $(cat shown)"
# Cases have one name each.
cp s.yaml same.yaml
! tested s.yaml same.yaml || fail "two scenarios of one name passed"
grep -q "s.yaml and same.yaml are both named s" said || fail "$(cat said)"
# A run that fails is a failure with its reason; other scenarios go on.
scenario "" | sed 's/name: s$/name: t/; s/algorithm: mcf/algorithm: ecmp, weights: file/' >t.yaml
! tested t.yaml s.yaml || fail "a run that fails passed"
grep -q "^t  *FAILED" shown && grep -q "^s  *same" shown || fail "$(cat shown said)"
