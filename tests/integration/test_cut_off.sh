# A stub whose only link fails and comes back: no policy falls back, what is cut off is counted, in both engines.
. "$LEAD_SOURCE/tests/integration/support.sh"

cat >"$work/net.yaml" <<'EOF'
nodes: [{ name: A }, { name: B }, { name: C }, { name: D }, { name: E }]
links:
  - { from: A, to: B, capacity: 10 Mbit/s, delay: 1 ms, both: true }
  - { from: A, to: C, capacity: 10 Mbit/s, delay: 1 ms, both: true }
  - { from: B, to: D, capacity: 10 Mbit/s, delay: 1 ms, both: true }
  - { from: C, to: D, capacity: 10 Mbit/s, delay: 1 ms, both: true }
  - { from: D, to: E, capacity: 10 Mbit/s, delay: 1 ms, both: true }
EOF

# scenario ENGINE: every algorithm, every estimator, with and without hysteresis and failures to survive.
scenario() {
    local estimators=(od-counters gravity tomogravity minimum-kl state-space) i=0 te
    cat <<EOF
name: stub
topology: { file: net.yaml }
traffic: { synthetic: { epochs: 8, history: 3 }, load: { optimal_mlu_peak: 0.5 } }
time: { epoch: 300 s, simulated: 1 s }
events: [ { kind: link-failure, epoch: 2, link: D-E }, { kind: link-repair, epoch: 5, link: D-E } ]
engine: $1
policies:
EOF
    for te in ecmp mcf "weights, evaluations: 100" paths "paths, survive: links" "robust, moved_cost: 0.3" "robust, survive: links" \
        sr oblivious smore "mcf, survive: links" "mcf, objective: phi"; do
        echo "  - { name: p$i, measure: { from: ${estimators[i % 5]} }, predict: { model: last }, te: { algorithm: $te, when: { gain: 0.0$((i % 3)) } } }"
        i=$((i + 1))
    done
}

engines=fluid
has_ns3 && engines="fluid ns3"
for engine in $engines; do
    scenario "$engine" >"$work/$engine.yaml"
    "$lead" run "$work/$engine.yaml" --out "$work/$engine" >"$work/said" 2>&1 || fail "$engine: $(cat "$work/said")"
    python3 - "$work/$engine" <<'PY' || fail "$engine"
import csv, json, sys
folder = sys.argv[1]
policies = json.load(open(folder + "/summary.json"))["policies"]
assert len(policies) == 12, len(policies)
for policy in policies:
    rows = list(csv.DictReader(open(f"{folder}/{policy['name']}/epochs.csv")))
    assert len(rows) == 8
    for row in rows:
        cut = 2 <= int(row["epoch"]) < 5
        assert row["fallbacks"] == "" and row["why"] == "", (policy["name"], row)
        assert (float(row["disconnected_bps"]) > 0) == cut, (policy["name"], row)
        assert float(row["disconnected_bps"]) < float(row["offered_bps"])
        assert float(row["optimum"]) > 0
        if int(row["epoch"]) in (3, 4):
            assert float(row["loss_fraction"]) > 0.05, (policy["name"], row)
    assert policy["fallbacks"] == 0 and policy["disconnected_bps"] > 0
PY
done

# `lead te` says what it leaves out.
printf 'src,dst,capacity_bps,delay_s\nA,B,1e6,0.001\nB,A,1e6,0.001\nC,D,1e6,0.001\nD,C,1e6,0.001\n' >"$work/apart.csv"
printf 'DEMANDS 2\nlabel src dest bw\nd0 0 1 500\nd1 0 2 250\n' >"$work/tm.demands"
for algorithm in ecmp mcf weights paths robust sr oblivious smore; do
    "$lead" te --topology "$work/apart.csv" --tm "$work/tm.demands" --algorithm $algorithm >"$work/said" || fail "$algorithm"
    grep -q "^disconnected demand: 250000 bit/s" "$work/said" || fail "$algorithm: $(cat "$work/said")"
    "$lead" te --topology "$work/apart.csv" --tm "$work/tm.demands" --algorithm $algorithm --format json >"$work/said"
    grep -q '"mlu":0.5,.*"disconnected_bps":250000.0,' "$work/said" || fail "$algorithm: $(cat "$work/said")"
done
