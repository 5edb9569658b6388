# A key or option that changes nothing, since another says so, is spoken of with its place and why; a written scenario, which holds
# every default, is not. Files and folders that match nothing are no silence either.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"

printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\nb,c,1000\nc,b,1000\nc,a,1000\na,c,1000\n' >net.csv
python3 - >tm.csv <<'PY'
from datetime import datetime, timedelta
print("time," + ",".join(s + ">" + d for s in "abc" for d in "abc"))
for i in range(150):
    when = (datetime(2004, 1, 1) + timedelta(minutes=5 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(when + "," + ",".join("0" if k % 4 == 0 else str(100 + (7 * i + 3 * k) % 50) for k in range(9)))
PY

# scenario KEYS TE: a scenario of three epochs with further keys (of `traffic:` after its tm) and those of one policy's te.
scenario() {
    cat >s.yaml <<YAML
name: s
topology: { file: net.csv }
$(printf '%b' "$1")
traffic:
  tm: { file: tm.csv, start: 2004-01-01T03:00:00Z, epochs: 3, history: 36${4:-} }
  $2
policies:
  - name: p
    predict: { model: last }
    te: { $3 }
YAML
}

# Line of the key in s.yaml, then what is said of it; "" where nothing may be said.
while IFS='|' read -r top traffic te wanted; do
    scenario "$top" "$traffic" "$te"
    "$lead" validate s.yaml >out 2>said || fail "check of \"$top|$traffic|$te\": $(cat said)"
    if [ -n "$wanted" ]; then
        grep -qE "s.yaml:$wanted" said || fail "\"$top|$traffic|$te\" is not said: $(cat said)"
    else
        [ ! -s said ] || fail "\"$top|$traffic|$te\" is said to be idle: $(cat said)"
    fi
done <<'TABLE'
engine: fluid||algorithm: mcf|
engine: fluid|packets: { model: poisson, flows_per_pair: 16 }|algorithm: mcf|
engine: fluid|packets: { size_bytes: 500 }|algorithm: mcf|
engine: fluid|packets: { model: tcp }|algorithm: mcf|6: traffic.packets.model: changes nothing in the engine fluid
engine: fluid|packets: { flows_per_pair: 4 }|algorithm: mcf|6: traffic.packets.flows_per_pair: changes nothing in the engine
engine: fluid|packets: { mean_flow_bytes: 1 MB }|algorithm: mcf|6: traffic.packets.mean_flow_bytes: changes nothing
engine: fluid\nqueue: { kind: red }||algorithm: mcf|4: queue.kind: changes nothing in the engine fluid
engine: fluid\nconvergence: 1 s||algorithm: mcf|4: convergence: changes nothing in the engine fluid
engine: fluid||algorithm: robust, cvar_weight: 0.5, cvar_level: 0.9|
engine: fluid||algorithm: robust, cvar_level: 0.9|10: policies\[0\].te.cvar_level: without a cvar_weight
engine: fluid||algorithm: robust, plan_for: mean, cvar_weight: 0.5|10: policies\[0\].te.cvar_weight: the plan is for the mean
engine: fluid||algorithm: robust, plan_for: mean, scenarios: 3|10: policies\[0\].te.scenarios: the plan is for the mean
engine: fluid||algorithm: weights, scenarios: 3, evaluations: 100|10: policies\[0\].te.scenarios: the plan is for the mean
engine: fluid||algorithm: weights, plan_for: samples, scenarios: 3, evaluations: 100|
engine: fluid||algorithm: sr, evaluations: 100|10: policies\[0\].te.evaluations: the program has no moves
engine: fluid||algorithm: sr, method: search, evaluations: 100|
TABLE

# What is written with every default reads back without a word.
scenario "engine: fluid" "" "algorithm: mcf"
"$lead" run s.yaml --out out-s >/dev/null 2>said || fail "run: $(cat said)"
"$lead" validate "$(find out-s -name scenario.yaml)" >/dev/null 2>said || fail "check of what was written: $(cat said)"
[ ! -s said ] || fail "what was written is not heeded: $(cat said)"

# Values that leave nothing.
scenario "engine: fluid" "load: { factor: 0 }" "algorithm: mcf"
refused "s.yaml:6: traffic.load.factor: 0 is not in" "$lead" validate s.yaml
scenario 'engine: fluid\nqueue: { bytes: 900 }' "" "algorithm: mcf"
refused "s.yaml:4: queue.bytes: 900 is less than one packet of 1000 B" "$lead" validate s.yaml
scenario "engine: fluid" "" "algorithm: mcf"
refused "data: there is no folder /nonexistent" "$lead" validate s.yaml --data /nonexistent
refused "data: there is no folder s.yaml" "$lead" run s.yaml --data s.yaml

# Suspect times that are none of a TM's; those of another time of the file are.
printf 'time\n2004-01-01T03:01:00Z\n' >odd.csv
printf 'time\n2005-01-01T00:00:00Z\n' >other-year.csv
printf 'time\n2004-01-01T02:00:00Z\n' >good.csv
for file in odd good other-year; do
    scenario "engine: fluid" "" "algorithm: mcf" ", suspect: $file.csv"
    "$lead" validate s.yaml >/dev/null 2>said || fail "suspect $file: $(cat said)"
    [ "$(grep -c "s.yaml:5: traffic.tm.suspect: none of its times" said)" = "$([ $file = odd ] && echo 1 || echo 0)" ] || fail "suspect $file: $(cat said)"
    "$lead" evaluate --predictor last --tm tm.csv --suspect $file.csv >/dev/null 2>said || fail "evaluate, suspect $file: $(cat said)"
    [ "$(grep -c "suspect: none of the 1 times of $file.csv" said)" = "$([ $file = good ] && echo 0 || echo 1)" ] || fail "evaluate, suspect $file: $(cat said)"
done

# `seasonal` without a day of history is `last`, and says so once.
scenario "engine: fluid" "" "algorithm: mcf"
sed -i 's/model: last/model: seasonal/' s.yaml
"$lead" run s.yaml --out out-seasonal >/dev/null 2>said || fail "seasonal: $(cat said)"
[ "$(grep -c "seasonal: at 2004-01-01T02:55:00Z there is no TM of a day or a week before" said)" = 1 ] || fail "seasonal is last: $(cat said)"

# The options of commands.
"$lead" te --topology net.csv --tm tm.csv --algorithm robust --cvar-level 0.9 >/dev/null 2>said
grep -q -- "--cvar-level changes nothing: without a cvar_weight" said || fail "te: $(cat said)"
"$lead" evaluate --predictor last --tm tm.csv --steps 3 --budget "5 ms" --threads 2 >/dev/null 2>said
[ "$(grep -cE -- "--(steps|budget|threads) changes nothing" said)" = 3 ] || fail "evaluate: $(cat said)"
refused "last has no checkpoint: leave out \":foo\"" "$lead" evaluate --predictor last:foo --tm tm.csv
refused "horizon: 3 is there twice in \"3,1,3\"" "$lead" evaluate --predictor last --tm tm.csv --horizon 3,1,3
