# `lead compare` on runs of the fluid engine: two policies of a run, two runs, seeds; what does not match is refused.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # FILE, seed of the traffic, epochs, load, static's weights
    cat >"$1" <<Y
name: small
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: $3, history: 20, seed: $2 }
  load: { optimal_mlu_peak: $4 }
time: { epoch: 300 s, simulated: 2 s, rate_scale: 1e-3 }
policies:
  - { name: static, te: { algorithm: ecmp, weights: $5 } }
  - { name: reactive, predict: { model: last }, te: { algorithm: mcf } }
  - { name: oracle, predict: { model: oracle }, te: { algorithm: mcf } }
engine: fluid
Y
}
run() { # FOLDER, seed of the traffic, epochs, load, weights
    scenario "$1.yaml" "$2" "$3" "$4" "$5"
    "$lead" run "$1.yaml" --out "$1" >/dev/null 2>log || fail "$1: $(cat log)"
}
narrow() { [ "$(wc -L <"$1")" -le 80 ] || fail "a line of $(wc -L <"$1") columns: $(cat "$1")"; }
run a 1 600 0.8 inverse-capacity
run same 1 600 0.8 inverse-capacity
run hops 1 600 0.8 unit
run two 2 600 0.8 inverse-capacity
run two-hops 2 600 0.8 unit
run short 1 40 0.8 inverse-capacity
run load 1 600 0.7 inverse-capacity

# Two policies of one run: static is worse than the oracle, and each row has what it should.
"$lead" compare a --policy oracle --policy static --policy reactive --json policies.json >table || fail "compare"
narrow table
grep -q "^policy A: oracle, B: static$" table || fail "$(cat table)"
grep '^mlu_over_optimum max' table | grep -qv -- ' -$' && fail "a verdict on a maximum: $(cat table)"
python3 - <<'PY'
import csv, json
from statistics import mean
root = json.load(open("policies.json"))
assert root["a"] == root["b"] == ["a"] and root["epochs"] == 600 and root["seeds"] == 1, root
assert root["effect"] == 0.005 and root["confidence"] == 0.95 and root["resamples"] >= 9999, root
rows = {(r["policy_b"], r["metric"], r["statistic"]): r for r in root["rows"]}
assert len(rows) == len(root["rows"]), "a row is there twice"
for policy in "static", "reactive":
    for metric in "mlu", "mlu_over_optimum", "loss_fraction", "delay_mean_s", "moved_fraction":
        row, values = rows[policy, metric, "mean"], {}
        for name in "oracle", policy:
            values[name] = [float(r[metric]) for r in csv.DictReader(open(f"a/{name}/epochs.csv"))]
        a, b = mean(values["oracle"]), mean(values[policy])
        assert abs(row["a"] - a) < 1e-9 + 1e-7 * abs(a) and abs(row["b"] - b) < 1e-9 + 1e-7 * abs(b), row
        assert abs(row["difference"] - (row["b"] - row["a"])) < 1e-9, row
        assert row["low"] <= row["difference"] <= row["high"] and row["epochs_used"] == 600, row
    assert rows[policy, "mlu", "max"]["verdict"] is None and rows[policy, "mlu", "max"]["low"] is None
    assert rows[policy, "mlu_over_optimum", "mean"]["verdict"] == "worse", rows[policy, "mlu_over_optimum", "mean"]
assert ("static", "forecast_nrmse", "mean") not in rows  # static forecasts nothing
judged = [r for r in root["rows"] if r["verdict"] is not None]
for row in judged:
    if row["p"] is not None:
        assert row["p"] <= row["p_holm"] <= min(1, len(judged) * row["p"]) + 1e-12, row
PY

# The same run again: no difference anywhere. The same question, the same bytes.
"$lead" compare a same --json same.json >table
narrow table
grep -q "^policy static$" table && grep -q "^policy oracle$" table || fail "$(cat table)"
holds "all(r['verdict'] in (None, 'no difference') or (r['statistic'] == 'p99' and r['verdict'] == 'too few epochs to tell') for r in __import__('json').load(open('same.json'))['rows'])"
"$lead" compare a hops --policy static --json one.json >table
narrow table
"$lead" compare a hops --policy static --json again.json >table2
cmp table table2 && cmp one.json again.json || fail "the same question has two answers"
"$lead" compare a hops --policy static --seed 2 --json other.json >/dev/null
! cmp -s one.json other.json || fail "another seed draws the same"

# Metrics that are asked for keep their interval; a large effect of interest leaves no difference.
"$lead" compare a hops --policy static --metric mlu --json mlu.json >table
python3 - <<'PY'
import json
one, mlu = (json.load(open(name + ".json"))["rows"] for name in ("one", "mlu"))
assert [r["metric"] for r in mlu] == ["mlu"] * 3, mlu
pick = next(r for r in one if r["metric"] == "mlu" and r["statistic"] == "mean")
assert abs(pick["low"] - mlu[0]["low"]) < 0.02 * (pick["high"] - pick["low"]), (pick, mlu[0])
PY
"$lead" compare a --policy oracle --policy reactive --metric mlu_over_optimum --effect 90 --confidence 90 >table
grep -E '^mlu_over_optimum  ' table | grep -q 'no difference$' || fail "$(cat table)"
grep -q "90 % interval" table || fail "$(cat table)"

# Seeds: traffic of two seeds is other traffic, which the two stretches say.
"$lead" compare a,two hops,two-hops --policy static --json seeds.json >table
narrow table
grep -q "^1200 epochs; 2 runs a side, of 2 traffics$" table || fail "$(cat table)"
holds "(lambda r: r['seeds'] == 2 and r['stretches'] == 2 and r['rows'][0]['epochs'] == 1200)(__import__('json').load(open('seeds.json')))"
"$lead" compare a,same hops,hops --policy static --json together.json >table
grep -q "^600 epochs; 2 runs a side, of one traffic$" table || fail "$(cat table)"
holds "(lambda r: r['stretches'] == 1 and r['rows'][0]['epochs'] == 600)(__import__('json').load(open('together.json')))"
python3 - <<'PY'
import json
one, both = (json.load(open(name + ".json"))["rows"][0] for name in ("one", "together"))
assert abs(one["low"] - both["low"]) < 1e-9 and abs(one["high"] - both["high"]) < 1e-9, (one, both)
PY

# Values that are missing are said.
cp -r hops gaps
python3 - <<'PY'
import csv
rows = list(csv.reader(open("gaps/static/epochs.csv")))
column = rows[0].index("delay_mean_s")
for row in rows[11:31]:
    row[column] = ""
csv.writer(open("gaps/static/epochs.csv", "w"), lineterminator="\n").writerows(rows)
PY
"$lead" compare a gaps --policy static >table
grep -q "over the 580 of 600 epochs" table || fail "$(cat table)"

# What does not match is refused, and what to do is said.
refused "one has 600 epochs, the other 40.*diff a/scenario.yaml short/scenario.yaml" "$lead" compare a short
refused "in epoch 0 one was offered .*same traffic:" "$lead" compare a load
refused "in epoch 0 one was offered" "$lead" compare a two
refused "lead compare RUN_A RUN_B.*lead compare a --policy A --policy B.*static, reactive, oracle" "$lead" compare a
refused "compare takes two runs" "$lead" compare
refused "compare takes two runs" "$lead" compare a same two
refused "a has no policy \"lead\" \(--policy: static, reactive, oracle\)" "$lead" compare a --policy lead --policy static
refused "\-\-policy static is there twice" "$lead" compare a --policy static --policy static
refused "2 runs against 1: name as many on both sides" "$lead" compare a,two same
refused "names a run of no name" "$lead" compare a, same
refused "\-\-metric: \"mul\" is none" "$lead" compare a same --metric mul
refused "\-\-effect: \"-1\"" "$lead" compare a same --effect -1
refused "\-\-confidence: \"100\"" "$lead" compare a same --confidence 100
refused "nowhere is not the folder of a run" "$lead" compare a nowhere
refused "cannot be written" "$lead" compare a hops --policy static --metric mlu --json nowhere/out.json
rm same/summary.json
refused "same is not the folder of a run that came to its end" "$lead" compare a same
sed -i '$d' gaps/static/epochs.csv
printf '599,2004' >>gaps/static/epochs.csv
refused "gaps/static/epochs.csv:601: " "$lead" compare a gaps --policy static
