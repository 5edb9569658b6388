# `lead run` on the fluid engine: what the oracle reaches, reproducible records, links that fail, a run that is killed.
. "$LEAD_SOURCE/tests/integration/support.sh"

scenario() { # epochs, further lines
    cat <<Y
name: small
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: $1, history: 600 }
  load: { optimal_mlu_peak: 0.8 }
time: { epoch: 300 s, simulated: 2 s, rate_scale: 1e-3 }
policies:
  - { name: static, te: { algorithm: ecmp, weights: inverse-capacity } }
  - { name: reactive, predict: { model: last }, te: { algorithm: mcf } }
  - { name: linear, predict: { model: nlinear, samples: 20 }, te: { algorithm: mcf } }
  - { name: links, measure: { from: tomogravity }, predict: { model: ewma }, te: { algorithm: mcf } }
  - { name: weights, predict: { model: last }, te: { algorithm: weights, evaluations: 200 } }
  - { name: oracle, predict: { model: oracle }, te: { algorithm: mcf } }
engine: fluid
$2
Y
}

scenario 40 "seed: 1" >"$work/s.yaml"
"$lead" validate "$work/s.yaml" | grep -q "6\|12 nodes, 30 links; 40 epochs"
"$lead" run "$work/s.yaml" --out "$work/a" >"$work/table" 2>/dev/null
[ "$(awk 'length > 80' "$work/table" | wc -l)" = 0 ] || fail "the table is wider than 80 columns"
for key in mean p50 p90 p95 p99 max; do
    holds "abs($(number "$work/a/summary.json" oracle mlu_over_optimum $key) - 1) < 1e-3"
done
holds "abs($(number "$work/a/summary.json" oracle mlu max) - 0.8) < 0.8e-3"
holds "$(number "$work/a/summary.json" static mlu_over_optimum mean) > $(number "$work/a/summary.json" reactive mlu_over_optimum mean)"
holds "0.8 < $(number "$work/a/summary.json" linear forecast coverage_90) < 0.97"
for policy in static reactive linear links weights oracle; do
    [ "$(wc -l <"$work/a/$policy/epochs.csv")" = 41 ] || fail "$policy has not 40 epochs"
    [ "$(wc -l <"$work/a/$policy/links.csv")" = 1201 ] || fail "$policy has not 40 times 30 links"
    [ "$(number "$work/a/summary.json" $policy fallbacks)" = 0 ] || fail "$policy fell back"
done

# The same seed gives the same bytes, whether policies run side by side or one after the other; another seed does not.
"$lead" run "$work/s.yaml" --out "$work/b" --jobs 1 >/dev/null 2>&1
for file in linear/epochs.csv linear/links.csv weights/epochs.csv links/epochs.csv scenario.yaml; do
    cmp "$work/a/$file" "$work/b/$file" || fail "$file differs with the same seed"
done
scenario 40 "seed: 2" >"$work/s2.yaml"
"$lead" run "$work/s2.yaml" --out "$work/c" >/dev/null 2>&1
! cmp -s "$work/a/weights/epochs.csv" "$work/c/weights/epochs.csv" || fail "another seed gives the same search"

# The resolved scenario is a scenario, and gives the same run.
"$lead" run "$work/a/scenario.yaml" --out "$work/d" >/dev/null 2>&1
cmp "$work/a/linear/epochs.csv" "$work/d/linear/epochs.csv" || fail "the resolved scenario gives another run"

# A link that fails: traffic goes around it, and the optimum knows.
scenario 6 "events: [ { kind: link-failure, epoch: 3, link: IPLSng-KSCYng } ]" >"$work/f.yaml"
"$lead" run "$work/f.yaml" --out "$work/f" >/dev/null 2>&1
awk -F, '$2 == "IPLSng" && $3 == "KSCYng" && $1 >= 3 && $5 > 0 { bad = 1 } END { exit bad }' "$work/f/oracle/links.csv" || fail "a dead link carries traffic"
awk -F, 'NR == 7 && ($6 < 0.999 || $6 > 1.001) { exit 1 }' "$work/f/oracle/epochs.csv" || fail "the oracle does not plan around the dead link"

# ... and the load is that of the undisturbed run, so that both can be compared.
scenario 6 "" >"$work/g.yaml"
"$lead" run "$work/g.yaml" --out "$work/g" >/dev/null 2>&1
[ "$(grep "factor:" "$work/f/scenario.yaml")" = "$(grep "factor:" "$work/g/scenario.yaml")" ] || fail "an event changes the load"
[ "$(sed -n 4p "$work/f/oracle/epochs.csv" | cut -d, -f1-6)" = "$(sed -n 4p "$work/g/oracle/epochs.csv" | cut -d, -f1-6)" ] || fail "before the event the runs differ"

# A run that is killed leaves whole lines.
scenario 4000 "seed: 1" >"$work/k.yaml"
"$lead" run "$work/k.yaml" --out "$work/k" >/dev/null 2>&1 &
pid=$!
until [ -e "$work/k/static/epochs.csv" ] && [ "$(wc -l <"$work/k/static/epochs.csv")" -gt 50 ]; do kill -0 $pid || fail "the long run ended early"; done
pkill -9 -P $pid || true
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
[ -z "$(tail -c 1 "$work/k/static/epochs.csv" | tr -d '\n')" ] || fail "the last line is cut"
awk -F, 'NF < 18 { exit 1 }' "$work/k/static/epochs.csv" || fail "a line is not whole"
[ ! -e "$work/k/summary.json" ] || fail "a killed run has a summary"

# Fitted on a file instead of the history: another fit, another forecast.
"$lead" convert "$LEAD_SOURCE/scenarios/abilene.yaml" "$work/abilene.csv" >/dev/null
python3 - "$work" <<'PY'
import math, sys
nodes = ["ATLAM5", "ATLAng", "CHINng", "DNVRng", "HSTNng", "IPLSng", "KSCYng", "LOSAng", "NYCMng", "SNVAng", "STTLng", "WASHng"]
with open(sys.argv[1] + "/fit.csv", "w") as file:
    file.write("time," + ",".join(f"{a}>{b}" for a in nodes for b in nodes) + "\n")
    for i in range(400):
        values = [0 if od // 12 == od % 12 else 5000 + 4000 * math.sin(i / (3 + od % 7)) for od in range(144)]
        file.write(f"2004-01-0{1 + i // 288}T{i % 288 // 12:02d}:{i % 12 * 5:02d}:00Z," + ",".join(f"{v:.6g}" for v in values) + "\n")
PY
scenario 10 "" | sed 's/model: nlinear/model: nlinear, fit: fit.csv/' >"$work/fit.yaml"
scenario 10 "" >"$work/nofit.yaml"
"$lead" run "$work/fit.yaml" --out "$work/fit" >/dev/null 2>&1
"$lead" run "$work/nofit.yaml" --out "$work/nofit" >/dev/null 2>&1
! cmp -s "$work/fit/linear/epochs.csv" "$work/nofit/linear/epochs.csv" || fail "the file to fit on is not used"

# A pair that has traffic but no path: said, and counted as disconnected; the others are routed.
printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\na,c,1\n' >"$work/cut.csv"
scenario 3 "" | sed "s|file: .*yaml|file: cut.csv|" >"$work/cut.yaml"
"$lead" run "$work/cut.yaml" --out "$work/cut" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
[ "$(grep -cE "cut.csv: no path from (b|c) to .* their demand counts as disconnected" "$work/log")" = 1 ] || fail "not said once: $(cat "$work/log")"
for file in "$work"/cut/*/epochs.csv; do
    /usr/bin/python3 - "$file" <<'PY' || fail "$file: $(cat "$file")"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
sys.exit(not all(float(row["disconnected_bps"]) > 0 and "PLAN" not in row["fallbacks"] for row in rows))
PY
done

# The six hours before the run are missing: the first forecast is for its own epoch all the same, and that is said. A plan that outlasts the
# file has an oracle up to the last TM.
printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\n' >"$work/two.csv"
/usr/bin/python3 - >"$work/gap-tm.csv" <<'PY'
print("time,a>b,b>a")
for hour in range(82):
    if not 66 <= hour < 72:
        print(f"2024-03-{4 + hour // 24:02d}T{hour % 24:02d}:00:00Z,{100 + 20 * (hour % 24)},{50 + hour % 24}")
PY
cat >"$work/gap.yaml" <<'Y'
name: gap
topology: { file: two.csv }
traffic: { tm: { file: gap-tm.csv, start: 2024-03-07T00:00:00Z, epochs: 10 } }
time: { epoch: 1 h }
policies:
  - { name: daily, predict: { model: seasonal }, te: { algorithm: mcf } }
  - { name: oracle, predict: { model: oracle }, te: { algorithm: mcf, every: 7 } }
engine: fluid
Y
"$lead" run "$work/gap.yaml" --out "$work/gap" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
grep -q "there is no TM of 2024-03-06T23:00:00Z, just before the run: the one of 2024-03-06T17:00:00Z stands in" "$work/log" || fail "$(cat "$work/log")"
for policy in daily oracle; do
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 && ($at["forecast_nrmse"] > 1e-6 || $at["forecast_nrmse"] == "" || $at["fallbacks"] != "") { exit 1 }' \
        "$work/gap/$policy/epochs.csv" || fail "$policy: $(cat "$work/gap/$policy/epochs.csv")"
done

# A policy whose model is missing, an output that cannot be written.
sed "s|file: .*yaml|file: nowhere.yaml|" "$work/s.yaml" >"$work/bad.yaml"
refused "bad.yaml:2: topology.file: nowhere.yaml is not there" "$lead" run "$work/bad.yaml" --out "$work/x"
[ ! -e "$work/x" ] || fail "a run that was refused left a folder"
refused "cannot be made" "$lead" run "$work/s.yaml" --out /proc/nowhere
refused "run takes one scenario" "$lead" run
refused "there is no option --outt" "$lead" run --outt x "$work/s.yaml"
