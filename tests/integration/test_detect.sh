# Anomalies: a burst, an outage and a failed node are found where and when they were, with their cause; a quiet day has none; the trigger
# makes a plan anew in the middle of another, and on no quiet day; nothing else of a run is another one; bad values are refused.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
cat >s.yaml <<Y
name: s
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: 72, history: 1200, burst_rate: 0, noise_sigma: 0.1 } }
time: { epoch: 5 min }
outputs: { plans: changes }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: last, predict: { model: last }, te: { algorithm: ecmp } }
  - { name: boot, predict: { model: last, samples: bootstrap }, te: { algorithm: mcf } }
  - { name: stays, predict: { model: last, samples: bootstrap }, te: { algorithm: mcf, every: 12 } }
  - { name: again, predict: { model: last, samples: bootstrap }, te: { algorithm: mcf, every: 12, when: { surprise: 1e-3 } } }
engine: fluid
Y
rows() { tail -n +2 "$1" | grep -c . || true; }

"$lead" run s.yaml --out quiet >said 2>&1 || fail "$(cat said)"
! grep -q warning said || fail "warns: $(cat said)"
[ ! -e quiet/static/anomalies.csv ] && [ ! -e quiet/static/surprise.csv ] || fail "a policy without a forecast is judged"
for policy in last boot stays again; do
    [ "$(rows quiet/$policy/anomalies.csv)" = 0 ] || fail "$policy: anomalies on a quiet day: $(cat quiet/$policy/anomalies.csv)"
    [ "$(rows quiet/$policy/surprise.csv)" = 71 ] || fail "$policy: $(rows quiet/$policy/surprise.csv) epochs"
    [ "$(number quiet/summary.json $policy anomalies)" = 0 ] || fail "$policy: the summary counts another number"
done
! grep -q '"anomalies": null' quiet/summary.json || fail "a count that is none"
[ "$(grep -c '"anomalies"' quiet/summary.json)" = 4 ] || fail "static has a count"
! grep -q ',1$' quiet/again/surprise.csv || fail "a new plan on a quiet day: $(cat quiet/again/surprise.csv)"
cmp quiet/stays/plans.csv quiet/again/plans.csv || fail "the trigger changes a quiet day"

# What was done, and where.
"$lead" run s.yaml --out burst --event "kind: burst, pairs: ATLAng>*, factor: 8, epoch: 20, duration: 20 min" \
    --event "kind: node-failure, node: CHINng, epoch: 40, duration: 20 min" \
    --event "kind: burst, pairs: \"*\", factor: 3, epoch: 69, duration: 15 min" >said 2>&1 || fail "$(cat said)"
for policy in last boot again; do
    file=burst/$policy/anomalies.csv
    grep -q "^20,.*,source,ATLAng>\*,," $file || fail "$policy: no burst: $(cat $file)"
    grep -q "^40,.*,-[0-9.e+]*,node,CHINng,," $file || fail "$policy: no failed node: $(cat $file)"
    grep -q "^69,.*,all,\*,,1,1$" $file || fail "$policy: no burst of all pairs that is not over: $(cat $file)"
    [ "$(number burst/summary.json $policy anomalies)" = "$(rows $file)" ] || fail "$policy: the summary counts another number"
done
/usr/bin/python3 - <<'PY' || fail "$(cat burst/last/anomalies.csv)"
import csv, h5py
rows = list(csv.DictReader(open("burst/last/anomalies.csv")))
row = next(r for r in rows if r["first_epoch"] == "20")
assert row["start"] == "2004-07-20T01:40:00Z" and row["end"] > row["start"] and float(row["tail_probability"]) < 1e-3, row
# with one sample the median is the forecast, which for `last` is the TM before
with h5py.File("burst/last/tm.h5") as file:
    names = [name.decode() if isinstance(name, bytes) else name for name in file["src"][:]]
    tms, peak, i = file["traffic"][:].astype(float), int(row["peak_epoch"]), names.index("ATLAng")
excess = sum(tms[peak, i, j] - tms[peak - 1, i, j] for j in range(len(names)) if j != i)
assert abs(excess / float(row["size_bps"]) - 1) < 1e-4, (excess, row)
assert 0.5 < float(row["explained"]) <= 1, row
PY

# A burst as long as a plan: one row with its own sign, and none for the fall that forecasts made inside it see in its end.
sed 's/{ name: stays, .*/{ name: stays, predict: { model: nlinear-day, samples: bootstrap }, te: { algorithm: ecmp, every: 12 } }/' s.yaml >hour.yaml
"$lead" run hour.yaml --out hour --policy stays --event "kind: burst, pairs: ATLAng>*, factor: 8, epoch: 24, duration: 1 h" >said 2>&1 || fail "$(cat said)"
grep -q '^24,35,[^-]*-[^-]*-[^-]*-[^-]*-[^,]*,\(2[4-9]\|3[0-5]\),[^,]*,[0-9.e+]*,source,ATLAng>\*,,' hour/stays/anomalies.csv || fail "no burst upward: $(cat hour/stays/anomalies.csv)"
! grep -q '^36,.*,-[0-9.e+]*,source,ATLAng>\*,,' hour/stays/anomalies.csv || fail "an echo downward: $(cat hour/stays/anomalies.csv)"
grep -q '^36,[0-9.]*e-' hour/stays/surprise.csv || fail "its end is no surprise"

# A plan in the middle of another: made after epoch 20, for 12 epochs from 21 on; without the trigger it stands.
grep -q "^20,.*,1$" burst/again/surprise.csv || fail "no new plan: $(cat burst/again/surprise.csv)"
grep -q "^21,0," burst/again/plans.csv || fail "the plan of epoch 21 is the one before"
grep -q "^24,.*,1$" burst/again/surprise.csv || fail "what ends is no surprise" # for 12 epochs again
[ "$(cut -d, -f1 burst/again/plans.csv | uniq | sed -n '4,5p' | tr '\n' ' ')" = "21 25 " ] || fail "other plans: $(cut -d, -f1 burst/again/plans.csv | uniq)"
grep -q "^37,0," burst/again/plans.csv || fail "no plan after twelve epochs"
! grep -q "^21,0," burst/stays/plans.csv || fail "a new plan without a trigger"
! grep -q ",1$" burst/stays/surprise.csv || fail "replanned without a trigger"
# With gain the new plan is made, and not taken where it does not lower the MLU by so much.
"$lead" run s.yaml --out gain --policy again --set policies.again.te.when.gain=1 --event "kind: burst, pairs: ATLAng>*, factor: 8, epoch: 20, duration: 20 min" >said 2>&1
grep -q "^20,.*,1$" gain/again/surprise.csv || fail "gain hides the surprise"
! grep -q "^21,0," gain/again/plans.csv || fail "a plan that is not worth it is taken"

# Counters that do not answer are not judged.
"$lead" run s.yaml --out blind --policy last --event "kind: blackout, epoch: 10, duration: 10 min" >said 2>&1 || fail "$(cat said)"
grep -q "^10,,0,,,,0$" blind/last/surprise.csv || fail "a blackout is judged: $(sed -n 10,13p blind/last/surprise.csv)"
[ "$(rows blind/last/anomalies.csv)" = 0 ] || fail "a blackout is an anomaly: $(cat blind/last/anomalies.csv)"

# The same bytes again, and from what is written down; without detection all other files are the same, and an earlier run's go.
"$lead" run burst/scenario.yaml --out same >said 2>&1 || fail "$(cat said)"
for file in anomalies surprise; do cmp burst/again/$file.csv same/again/$file.csv || fail "other bytes in $file.csv"; done
"$lead" run burst/scenario.yaml --out same --policy last,boot --set detect.level=0 >said 2>&1 || fail "$(cat said)"
[ -z "$(find same -name anomalies.csv -o -name surprise.csv)" ] || fail "level 0 writes $(find same -name '*.csv')"
for file in epochs links plans; do cmp burst/boot/$file.csv same/boot/$file.csv || fail "detection changes $file.csv"; done
"$lead" run burst/scenario.yaml --out same --policy again --set detect.level=0 >said 2>&1 || fail "$(cat said)"
cmp burst/again/plans.csv same/again/plans.csv || fail "the trigger wants a level"

# Names as they are; bad values.
printf 'src,dst,capacity_kbps\n"A,1",B,1000\nB,C,1000\nC,"A,1",1000\nB,"A,1",1000\nC,B,1000\n"A,1",C,1000\n' >odd.csv
sed "s#$LEAD_SOURCE/scenarios/abilene.yaml#odd.csv#; /outputs/d" s.yaml >odd.yaml
"$lead" run odd.yaml --out odd --policy last --event 'kind: burst, pairs: "A,1>B", factor: 50, epoch: 20, duration: 20 min' >said 2>&1 || fail "$(cat said)"
/usr/bin/python3 - <<'PY' || fail "$(cat odd/last/anomalies.csv)"
import csv
assert any(r["where"] == "A,1>B" and r["cause"] == "pair" and r["first_epoch"] == "20" for r in csv.DictReader(open("odd/last/anomalies.csv")))
PY
refused 's.yaml:[0-9]*: detect.level: .*0.5' "$lead" validate s.yaml --set detect.level=2
refused 's.yaml:[0-9]*: policies\[4\].te.when.surprise: ' "$lead" validate s.yaml --set policies.again.te.when.surprise=-1
refused 'policies\[0\].te.when.surprise: there is no forecast' "$lead" validate s.yaml --set policies.static.te.when.surprise=1e-3
"$lead" validate s.yaml --set policies.again.te.every=1 >said 2>&1 || fail "$(cat said)"
grep -q 'te.when.surprise: changes nothing: every is 1' said || fail "no warning: $(cat said)"
