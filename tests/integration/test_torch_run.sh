#!/usr/bin/env bash
# LEAD checkpoints in the closed loop: the shipped one forecasts every epoch without falling back; one with a denoiser takes the
# steps that it is told or that a budget allows; one that is broken is refused before anything runs; none named means `any`.
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
  - { name: lead, predict: { model: lead, samples: 10${1:+, checkpoint: $1}${2:-} }, te: { algorithm: mcf } }
engine: fluid
Y
}
steps() { cut -d, -f6 "$work/$1/lead/timings.csv" | paste -sd' '; }
goes() { # NAME: $work/NAME.yaml to $work/NAME
    "$lead" run "$work/$1.yaml" --out "$work/$1" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
}
scenario abilene-80 >"$work/s.yaml"
goes s
"$lead" run "$work/s.yaml" --out "$work/b" >/dev/null 2>&1
cmp "$work/s/lead/epochs.csv" "$work/b/lead/epochs.csv" || fail "the same seed gives other samples"
[ "$(number "$work/s/summary.json" lead fallbacks)" = 0 ] || fail "LEAD fell back: $(cat "$work/s/lead/epochs.csv")"
holds "0 < $(number "$work/s/summary.json" lead forecast nrmse) < 1"
scenario "" >"$work/any.yaml"
goes any
grep -q "warning: .*policies\[0\].predict.checkpoint: none is named: takes .any., the one for any network" "$work/log" || fail "$(cat "$work/log")"
[ "$(number "$work/any/summary.json" lead fallbacks)" = 0 ] || fail "any fell back: $(cat "$work/any/lead/epochs.csv")"
holds "0 < $(number "$work/any/summary.json" lead forecast nrmse) < 1"

# Fewer TMs than it looks at: said once a policy, by `lead validate` too; not where there are enough.
! grep -q 'forecasts look at' "$work/log" || fail "warns of a long history: $(cat "$work/log")"
scenario abilene-80 | sed 's/history: 600/history: 14/' >"$work/short.yaml"
goes short
short='policy "lead": its forecasts look at the last 16 TMs, and in epochs 0 to 1 fewer are known: the oldest stands in'
[ "$(grep -c "$short" "$work/log")" = 1 ] || fail "a short history is not said once: $(cat "$work/log")"
"$lead" validate "$work/short.yaml" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
[ "$(grep -c "$short" "$work/log")" = 1 ] || fail "lead validate does not say it once: $(cat "$work/log")"
scenario abilene-80 | sed 's/history: 600/history: 0/' >"$work/none.yaml"
goes none
grep -q 'in epochs 0 to 3 fewer are known.*; epoch 0, before which none is known, has no forecast\. More are known with' "$work/log" || fail "$(cat "$work/log")"
# A program that attaches has no history to begin with; nothing in its file would change that.
if has_ns3; then
    printf 'name: x\ntime: { epoch: 1 h, simulated: 500 ms }\npolicies: [ { name: p, predict: { model: lead, checkpoint: %s, samples: 4 }, te: { algorithm: robust } } ]\n' \
        "$LEAD_SOURCE/models/tests/fixtures/tiny-any" >"$work/attached.yaml"
    "$LEAD_BUILD/attach_program" "$work/attached.yaml" "$work/attached" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
    [ "$(grep -c 'policy "p": its forecasts look at the last 6 TMs, and in epochs 0 to 5 .*none is known, has no forecast$' "$work/log")" = 1 ] ||
        fail "attached: $(cat "$work/log")"
fi

# --- a checkpoint with a denoiser: five nodes, steps of an hour ---
tiny=$LEAD_SOURCE/models/tests/fixtures/tiny
five() { # more of predict
    scenario "$tiny" "$1" | sed "s|$LEAD_SOURCE/scenarios/abilene.yaml|$work/five.csv|; s/epoch: 300 s/epoch: 1 h/"
}
printf 'src,dst,capacity_kbps\n' >"$work/five.csv"
for link in A,B B,C C,D D,E E,A A,C; do
    printf '%s,10000000\n%s,10000000\n' "$link" "${link#*,},${link%,*}" >>"$work/five.csv"
done
five ", steps: 4" >"$work/a.yaml"
goes a
[ "$(steps a)" = "diffusion_steps 4 4 4 4" ] || fail "steps of a run without a budget: $(steps a)"
# With a budget there is no time to recalibrate; else, with an hour for a forecast, all steps allowed are taken, and nothing changes; a
# microsecond is enough for one step.
five ", steps: 4, recalibrate: never" >"$work/never.yaml"
goes never
! cmp -s "$work/a/lead/epochs.csv" "$work/never/lead/epochs.csv" || fail "a checkpoint of its network does not recalibrate"
five ", steps: 4, budget: 60 min" >"$work/rich.yaml"
goes rich
cmp "$work/never/lead/epochs.csv" "$work/rich/lead/epochs.csv" || fail "a budget of an hour changes the samples"
grep -q 'budget: 3600 s' "$work/rich/scenario.yaml" || fail "$(cat "$work/rich/scenario.yaml")"
five ", steps: 4, budget: 0.001 ms" >"$work/poor.yaml"
goes poor
[ "$(steps poor)" = "diffusion_steps 1 1 1 1" ] || fail "steps within a microsecond: $(steps poor)"
[ "$(grep -c 'warning: .*one diffusion step takes' "$work/log")" = 1 ] || fail "not warned once: $(cat "$work/log")"
five ", steps: 4" | sed 's|fixtures/tiny|fixtures/tiny-paths|' >"$work/paths.yaml"
goes paths
grep -q "warning: .*4 diffusion steps are asked for, but this checkpoint has no denoiser" "$work/log" || fail "$(cat "$work/log")"

for file in denoiser.pt bank.bin; do
    rm -rf "$work/broken"
    cp -r "$tiny" "$work/broken"
    chmod -R u+w "$work/broken"
    head -c 1000 "$tiny/$file" >"$work/broken/$file"
    five "" | sed "s|$tiny|$work/broken|" >"$work/bad.yaml"
    refused "$file: SHA-256 is" "$lead" run "$work/bad.yaml" --out "$work/c"
done
