# The shipped LEAD checkpoint in the closed loop: it forecasts every epoch without falling back, and a checkpoint that is
# broken is refused before anything runs.
. "$LEAD_SOURCE/tests/integration/support.sh"
scenario() { # checkpoint
    cat <<Y
name: with-lead
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 4, history: 600 }
  load: { optimal_mlu_peak: 0.8 }
time: { epoch: 300 s, simulated: 2 s, rate_scale: 1e-3 }
policies:
  - { name: lead, predict: { model: lead, checkpoint: $1, samples: 10, steps: 4 }, te: { algorithm: mcf } }
engine: fluid
Y
}
scenario abilene >"$work/s.yaml"
"$lead" run "$work/s.yaml" --out "$work/a" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
"$lead" run "$work/s.yaml" --out "$work/b" >/dev/null 2>&1
cmp "$work/a/lead/epochs.csv" "$work/b/lead/epochs.csv" || fail "the same seed gives other samples"
[ "$(number "$work/a/summary.json" lead fallbacks)" = 0 ] || fail "LEAD fell back: $(cat "$work/a/lead/epochs.csv")"
holds "0 < $(number "$work/a/summary.json" lead forecast nrmse) < 1"
cp -r "$LEAD_SOURCE/models/checkpoints/abilene" "$work/broken"
chmod -R u+w "$work/broken"
head -c 1000 "$LEAD_SOURCE/models/checkpoints/abilene/denoiser.pt" >"$work/broken/denoiser.pt"
scenario "$work/broken" >"$work/bad.yaml"
refused "denoiser.pt" "$lead" run "$work/bad.yaml" --out "$work/c"
