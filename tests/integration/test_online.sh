# `level_shifts: heed` and `recalibrate: daily` in a run: a burst of the whole network, and samples that are too narrow. A run of the same
# scenario again, and of the one that it wrote, gives the same bytes.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
cat >s.yaml <<Y
name: s
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 60, history: 1500 }
  load: { optimal_mlu_peak: 0.4 }
time: { epoch: 300 s, simulated: 2 s, rate_scale: 1e-3 }
policies:
  - { name: mean, predict: { model: mean, window: 12, samples: 20 }, te: { algorithm: ecmp } }
  - { name: heed, predict: { model: mean, window: 12, samples: 20, level_shifts: heed }, te: { algorithm: ecmp } }
  - { name: daily, predict: { model: mean, window: 12, samples: 20, recalibrate: daily }, te: { algorithm: ecmp } }
  - { name: both, predict: { model: mean, window: 12, samples: 20, level_shifts: heed, recalibrate: daily }, te: { algorithm: ecmp } }
engine: fluid
Y
"$lead" run s.yaml --out calm >/dev/null 2>said || fail "$(cat said)"
! grep -q recalibrate said || fail "five days are not enough: $(cat said)"
cmp calm/mean/epochs.csv calm/heed/epochs.csv || fail "without a jump heeding changes something"
! cmp -s calm/mean/epochs.csv calm/daily/epochs.csv || fail "recalibration changes nothing"
burst=(--event 'kind: burst, pairs: "*", factor: 4, epoch: 20, duration: 1 h')
"$lead" run s.yaml --out burst "${burst[@]}" >/dev/null 2>said || fail "$(cat said)"
error() { number "burst/summary.json" "$1" forecast nrmse; }
holds "$(error heed) < 0.6 * $(error mean)"
holds "$(error both) < 0.6 * $(error mean)"
"$lead" run burst/scenario.yaml --out again >/dev/null 2>&1
for policy in mean heed daily both; do
    cmp "burst/$policy/epochs.csv" "again/$policy/epochs.csv" || fail "$policy is another one in the scenario as written"
done
sed 's/model: mean, window: 12/model: oracle/' s.yaml >oracle.yaml
refused "level_shifts.*oracle" "$lead" validate oracle.yaml
