# The shipped LEAD checkpoint in the closed loop: it forecasts every epoch without falling back, and a checkpoint that is
# broken is refused before anything runs.
. "$LEAD_SOURCE/tests/integration/support.sh"
scenario() { # checkpoint, more of predict
    cat <<Y
name: with-lead
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 4, history: 600 }
  load: { optimal_mlu_peak: 0.8 }
time: { epoch: 300 s, simulated: 2 s, rate_scale: 1e-3 }
policies:
  - { name: lead, predict: { model: lead, checkpoint: $1, samples: 10, steps: 4${2:-} }, te: { algorithm: mcf } }
engine: fluid
Y
}
scenario abilene-80 >"$work/s.yaml"
"$lead" run "$work/s.yaml" --out "$work/a" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
"$lead" run "$work/s.yaml" --out "$work/b" >/dev/null 2>&1
cmp "$work/a/lead/epochs.csv" "$work/b/lead/epochs.csv" || fail "the same seed gives other samples"
[ "$(number "$work/a/summary.json" lead fallbacks)" = 0 ] || fail "LEAD fell back: $(cat "$work/a/lead/epochs.csv")"
holds "0 < $(number "$work/a/summary.json" lead forecast nrmse) < 1"
steps() { cut -d, -f6 "$work/$1/lead/timings.csv" | paste -sd' '; }
[ "$(steps a)" = "diffusion_steps 4 4 4 4" ] || fail "steps of a run without a budget: $(steps a)"
# With an hour for a forecast, all steps allowed are taken, and nothing else changes; a microsecond is enough for one step.
scenario abilene-80 ", budget: 60 min" >"$work/rich.yaml"
"$lead" run "$work/rich.yaml" --out "$work/rich" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
cmp "$work/a/lead/epochs.csv" "$work/rich/lead/epochs.csv" || fail "a budget of an hour changes the samples"
grep -q 'budget: 3600 s' "$work/rich/scenario.yaml" || fail "$(cat "$work/rich/scenario.yaml")"
scenario abilene-80 ", budget: 0.001 ms" >"$work/poor.yaml"
"$lead" run "$work/poor.yaml" --out "$work/poor" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
[ "$(steps poor)" = "diffusion_steps 1 1 1 1" ] || fail "steps within a microsecond: $(steps poor)"
[ "$(grep -c 'warning: .*one diffusion step takes' "$work/log")" = 1 ] || fail "not warned once: $(cat "$work/log")"
cp -r "$LEAD_SOURCE/models/checkpoints/abilene-80" "$work/broken"
chmod -R u+w "$work/broken"
head -c 1000 "$LEAD_SOURCE/models/checkpoints/abilene-80/denoiser.pt" >"$work/broken/denoiser.pt"
scenario "$work/broken" >"$work/bad.yaml"
refused "denoiser.pt" "$lead" run "$work/bad.yaml" --out "$work/c"
