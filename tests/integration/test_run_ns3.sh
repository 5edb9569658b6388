# `lead run` on ns-3: the same seed gives the same bytes, another does not; with constant bit rate and no loss the links carry
# what the fluid engine says; the oracle is near the optimum; TCP, RED and failures run.
. "$LEAD_SOURCE/tests/integration/support.sh"

# Abilene with weights that leave no two ways equally long.
awk '{ sub(/weight: [0-9]+/, "&." NR * NR) } 1' "$LEAD_SOURCE/scenarios/abilene.yaml" >"$work/abilene.yaml"

scenario() { # engine, packet model, flows per pair, seed, simulated seconds, further lines
    cat <<Y
name: small
topology: { file: $work/abilene.yaml }
traffic:
  synthetic: { epochs: 4, history: 60, burst_rate: 0 }
  load: { optimal_mlu_peak: 0.2 }
  packets: { model: $2, size_bytes: 1000, flows_per_pair: $3 }
time: { epoch: 300 s, simulated: $5 s, rate_scale: 1e-3 }
policies:
  - { name: single, te: { algorithm: ecmp, weights: file } }
  - { name: split, predict: { model: oracle }, te: { algorithm: mcf } }
engine: $1
seed: $4
${6:-}
Y
}
run() { # name, arguments of scenario
    local name=$1
    shift
    scenario "$@" >"$work/$name.yaml"
    "$lead" run "$work/$name.yaml" --out "$work/$name" >"$work/$name.table" 2>"$work/$name.log" || fail "$(cat "$work/$name.log")"
}

run a ns3 poisson 16 1 2
run b ns3 poisson 16 1 2
run c ns3 poisson 16 2 2
cmp "$work/a/split/epochs.csv" "$work/b/split/epochs.csv" || fail "the same seed gives another run"
cmp "$work/a/split/links.csv" "$work/b/split/links.csv" || fail "the same seed gives other link loads"
! cmp -s "$work/a/split/epochs.csv" "$work/c/split/epochs.csv" || fail "another seed gives the same run"

# The largest distance of a link's utilisation from the fluid engine's, relative to it (links above 1 % only).
farthest() { # policy
    paste -d, "$work/cbr/$1/links.csv" "$work/fluid/$1/links.csv" |
        awk -F, 'NR > 1 && $14 > 0 { d = $7 / $14 - 1; if (d < 0) d = -d; if (d > most) most = d } END { print most }'
}
run cbr ns3 cbr 256 1 100
run fluid fluid cbr 256 1 100
echo "farthest from fluid: single path $(farthest single), split $(farthest split)"
holds "$(farthest single) < 0.02"
holds "$(farthest split) < 0.05"
holds "$(number "$work/cbr/summary.json" single loss_fraction) == 0 and $(number "$work/cbr/summary.json" split loss_fraction) == 0"
holds "abs($(number "$work/cbr/summary.json" split mlu_over_optimum mean) - 1) < 0.05"
holds "abs($(number "$work/cbr/summary.json" single delay_s mean) / $(number "$work/fluid/summary.json" single delay_s mean) - 1) < 0.1"

run tcp ns3 tcp 16 1 2 "queue: { kind: codel, packets: 100 }"
holds "$(number "$work/tcp/summary.json" split mlu mean) > 0.05"
run down ns3 poisson 16 1 2 "events: [ { kind: link-failure, epoch: 2, offset: 1 s, link: IPLSng-KSCYng } ]"
awk -F, '$2 == "IPLSng" && $3 == "KSCYng" && $1 >= 3 && $6 > 0 { bad = 1 } END { exit bad }' "$work/down/split/links.csv" || fail "a dead link carries traffic"
run pareto ns3 pareto 4 1 2 "convergence: 10 ms"
holds "$(number "$work/pareto/summary.json" single mlu mean) > 0.05"
