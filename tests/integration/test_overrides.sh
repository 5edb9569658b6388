# A scenario taken otherwise than its file has it: --set, --engine, --policy give the run of a file that says the same.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # EPOCHS GAIN ENGINE POLICIES
    cat <<Y
name: s
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: $1, history: 300 }, load: { optimal_mlu_peak: 0.8 } }
policies:
$4
engine: $3
Y
}
a='  - { name: a, te: { algorithm: ecmp } }'
b() { echo "  - { name: b, predict: { model: last }, te: { algorithm: mcf, when: { gain: $1 } } }"; }
scenario 9 0 ns3 "$a
$(b 0)" >file.yaml
scenario 4 0.2 fluid "$(b 0.2)" >wanted.yaml
"$lead" run wanted.yaml --out wanted >/dev/null 2>&1 || fail "the file"
"$lead" run file.yaml --engine fluid --policy b --set traffic.synthetic.epochs=4 --set policies.b.te.when.gain=0.2 --out given >/dev/null 2>said || fail "$(cat said)"
cmp wanted/b/epochs.csv given/b/epochs.csv || fail "another run"
[ ! -e given/a ] || fail "a policy that was not asked for"
# The order of the file stays; what it has not may be set; other parts, too.
"$lead" validate file.yaml --engine fluid --policy b,a --set policies.a.predict.model=ewma --set policies.a.predict.alpha=0.5 --set seed=7 \
    --set queue.packets=50 --set policies.b.measure.from=gravity --set name=other --set policies.b.budget="5 s" >out 2>said || fail "$(cat said)"
grep -A2 "^other: .* seed 7$" out | grep -A1 "^  a: od-counters -> ewma -> ecmp" | grep -q "^  b: gravity -> last -> mcf" || fail "$(cat out)"
# Names of policies may have dots, and begin with one another.
scenario 4 0 fluid "$a
$(b 0 | sed 's/name: b/name: a.1/')" >dots.yaml
"$lead" validate dots.yaml --set policies.a.1.predict.model=ewma --set policies.a.predict.model=mean >out 2>said || fail "$(cat said)"
grep -A1 "^  a: od-counters -> mean -> ecmp" out | grep -q "^  a.1: od-counters -> ewma -> mcf" || fail "$(cat out)"

while IFS='|' read -r options pattern; do
    # shellcheck disable=SC2086
    refused "$pattern" "$lead" validate file.yaml $options
done <<'T'
--set nonsense|--set: "nonsense" is not PATH=VALUE
--set =3|"=3" is not PATH=VALUE
--set speed=3|--set: there is no key "speed"
--set policies.c.te.gap=1|--set: there is no policy "c" \(a, b\)
--set policies.b.te.speed=1|--set: there is no key "policies.b.te.speed"
--set policies.b=1|--set: there is no policy "b" \(a, b\)
--set traffic.tm.epochs=3|--set: the scenario has no part for "traffic.tm.epochs"
--set policies.b.te.gap=5|with --set: file.yaml:6: policies\[1\].te.gap: 5 is not in
--set policies.a.predict.window=3|with --set: file.yaml:5: policies\[0\].predict.model: is needed
--policy c|--policy: there is no policy "c" \(a, b\)
--policy a,|--policy: there is no policy "" \(a, b\)
--engine fast|with --set: file.yaml:7: engine: "fast" is none of
T
