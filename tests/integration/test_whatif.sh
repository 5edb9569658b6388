# `lead whatif`: a table of runs, of which none is made twice; whatever is killed, at any moment, the same command ends with the same
# bytes and nothing is left running.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # FILE EPOCHS; more keys from standard input
    {
        cat <<Y
name: small
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: $2, history: 20 }, load: { optimal_mlu_peak: 0.8 } }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: sticky, predict: { model: last }, te: { algorithm: paths, paths: 4, moved_cost: 0.3 } }
engine: fluid
Y
        cat
    } >"$1"
}
narrow() { [ "$(wc -L <"$1")" -le 80 ] || fail "a line of $(wc -L <"$1") columns: $(cat "$1")"; }
stamps() { find "$1"/runs \( -name 'done' -o -name epochs.csv \) -printf '%p %i %T@ %s\n' | sort; }
bytes() { # FOLDER: what must not depend on how it came about
    (cd "$1" && find . -name 'done' -o -name epochs.csv -o -name links.csv -o -name runs.csv -o -name 'whatif.*' -o -path './scenarios/*.yaml' |
        sort | xargs sha256sum)
}
keys() { python3 -c 'import csv, sys; [print(r["key"]) for r in csv.DictReader(open(sys.argv[1] + "/runs.csv")) if not r["same_as"]]' "$1"; }

scenario s.yaml 40 <<'Y'
variants:
  - name: dearer
    set: { policies.sticky.te.moved_cost: 1 }
    events: [ { kind: link-failure, link: ATLAng-HSTNng, epoch: 3, duration: 30 min } ]
  - grid: { policies.sticky.te.moved_cost: [0.3, 0.6], traffic.load.optimal_mlu_peak: [0.8, 1.2] }
Y

# --- a sweep, and again ---
"$lead" whatif s.yaml --out a --seeds 2 --jobs 2 >table 2>log || fail "$(cat log)"
narrow table
head -n 3 table | grep -q '^policy  *worst variant' || fail "the answer is not what comes first: $(cat table)"
grep -q '^a: 24 rows, 16 runs' table || fail "$(cat table)"
python3 - <<'PY'
import csv, json
rows = list(csv.DictReader(open("a/runs.csv")))
assert [int(r["row"]) for r in rows] == list(range(1, 25)), rows
own = [r for r in rows if not r["same_as"]]
assert len(own) == len({r["key"] for r in rows}) == 16, len(own)
for r in rows:
    against = rows[int(r["against"]) - 1]
    assert (against["variant"], against["policy"], against["seed"]) == ("undisturbed", r["policy"], r["seed"]), r
what = list(csv.DictReader(open("a/whatif.csv")))
assert len(what) == 24 + 12 and sum(r["seed"] == "all" for r in what) == 12, len(what)
pick = {(r["variant"], r["policy"], r["seed"]): r for r in what}
assert float(pick["undisturbed", "static", "all"]["mlu_mean_change"]) == 0
seeds = [list(csv.DictReader(open(f"a/runs/{r['key']}/sticky/epochs.csv"))) for r in rows if (r["variant"], r["policy"]) == ("dearer", "sticky")]
quiet = [list(csv.DictReader(open(f"a/runs/{r['key']}/sticky/epochs.csv"))) for r in rows if (r["variant"], r["policy"]) == ("undisturbed", "sticky")]
mean = lambda runs: sum(float(e["mlu"]) for run in runs for e in run) / sum(len(run) for run in runs)
line = pick["dearer", "sticky", "all"]
assert abs(float(line["mlu_mean"]) - mean(seeds)) < 1e-6 and abs(float(line["mlu_mean_change"]) - mean(seeds) + mean(quiet)) < 1e-6, line
assert float(line["mlu_mean_change_low"]) <= float(line["mlu_mean_change"]) <= float(line["mlu_mean_change_high"]), line
assert int(line["recovery_epochs"]) >= 1 and line["unrecovered"] == "0", line
for name in "loss_congestion", "loss_transient", "loss_disconnected":
    assert line[name] != "", line
assert abs(sum(float(line[n]) for n in ("loss_congestion", "loss_transient", "loss_disconnected")) - float(line["loss_fraction"])) < 1e-6, line
root = json.load(open("a/whatif.json"))
assert root["missing"] == [] and root["runs"] == 16 and len(root["rows"]) == 36, root["missing"]
assert "link-failure" in next(r for r in root["rows"] if r["variant"] == "dearer")["changes"]
PY
# A row is what `lead run` makes of its scenario.
key=$(keys a | sed -n 6p)
"$lead" run "a/scenarios/$key.yaml" --out alone >/dev/null 2>&1
cmp alone/*/epochs.csv "a/runs/$key"/*/epochs.csv || fail "a row is another run"
stamps a >before
bytes a >wanted
"$lead" whatif s.yaml --out a --seeds 2 >table2 2>log || fail "$(cat log)"
stamps a | cmp - before || fail "rows that were done were run again"
bytes a | cmp - wanted || fail "the same command, other bytes"
grep -q '16 of them done before' table2 || fail "$(cat table2)"
"$lead" whatif a --gather >gathered
bytes a | cmp - wanted || fail "gathering again gives other bytes"
"$lead" whatif a --gather --top 1 --by loss_fraction >gathered
narrow gathered
grep -q 'worst loss_fraction first' gathered || fail "$(cat gathered)"

# --- a row by itself; what is missing ---
first=$(keys a | sed -n 1p)
third=$(keys a | sed -n 3p)
rm "a/runs/$first/done" "a/runs/$third/done"
refused "5 of 24 rows are missing: 1, 3, 9, 11, 17" "$lead" whatif a --gather # 1 and 3, and what is the same run
! grep -q '^dearer,static,all' a/whatif.csv || fail "a variant that is not whole is averaged"
grep -q '^dearer,static,2,' a/whatif.csv || fail "a row that is there is not: $(cut -c1-40 a/whatif.csv)"
python3 -c 'import json; m = json.load(open("a/whatif.json"))["missing"]; assert [r["row"] for r in m] == [1, 3, 9, 11, 17], m'
stamps a >before
"$lead" whatif a --row 9 | grep -q 'row 9 is the same run as row 1' || fail "row 9"
"$lead" whatif a --row 1 | grep -q 'row 1 is done' || fail "row 1"
"$lead" whatif a --row 1 | grep -q 'row 1 was done before' || fail "row 1 again"
"$lead" whatif a >table 2>log || fail "the folder alone: $(cat log)"
bytes a | cmp - wanted || fail "rows that were made again are others"
[ "$(stamps a | comm -12 - before | wc -l)" -ge 28 ] || fail "more was run than was missing"

# A file that is not as its run left it does not count; a row's own warnings stand in its log.
echo >>"a/runs/$third/sticky/epochs.csv"
refused "is not as its run left it.*remove a/runs/$third/done" "$lead" whatif a --gather
rm "a/runs/$third/done"
"$lead" whatif a >/dev/null 2>&1 || fail "a row again"
bytes a | cmp - wanted || fail "a row that was made again is another"

# --- a changed scenario: other keys; what no row wants stays, and goes when asked ---
sed 's/moved_cost: 1 }/moved_cost: 2 }/' s.yaml >changed.yaml
"$lead" whatif changed.yaml --out a --seeds 2 --plan >said 2>log || fail "$(cat log)"
grep -q '24 rows, 16 runs, 14 of them done' said || fail "$(cat said)"
grep -q '2 runs of other tables stay in a' log || fail "not said: $(cat log)"
"$lead" whatif changed.yaml --out a --seeds 2 --plan --clean >said 2>log
[ "$(find a/runs -name 'done' | wc -l)" = 14 ] && [ "$(find a/scenarios -type f | wc -l)" = 16 ] || fail "--clean: $(ls a/runs a/scenarios)"
printf 'not ours' >a/runs/mine
"$lead" whatif s.yaml --out a --seeds 2 --clean >table 2>log || fail "$(cat log)"
[ -s a/runs/mine ] || fail "--clean removes what is not ours"
bytes a | cmp - wanted || fail "back to the first table, other bytes"
# Data that change give other keys, and a row is not run for what it was not planned for.
cp "$LEAD_SOURCE/scenarios/abilene.yaml" net.yaml
sed "s#$LEAD_SOURCE/scenarios/abilene.yaml#net.yaml#" s.yaml >own.yaml
"$lead" whatif own.yaml --out own --plan >/dev/null
keys own >keys-before
printf '\n' >>net.yaml
refused "row 2 was planned with another build, or with other data" "$lead" whatif own --row 2
"$lead" whatif own.yaml --out own --plan >/dev/null
[ "$(keys own | sort | comm -12 <(sort keys-before) - | wc -l)" = 0 ] || fail "another network, the same key"

# --- built-in studies and options ---
scenario plain.yaml 12 </dev/null
links=$(grep -c '^ *- { from:' "$LEAD_SOURCE/scenarios/abilene.yaml")
"$lead" whatif plain.yaml --single-link-failures --plan --out b >said || fail "links"
grep -q "b/runs.csv: $((2 + 2 * links)) rows" said || fail "$links links: $(cat said)"
grep -q '"kind: link-failure, link: ""[^"]*"", epoch: 1"' b/runs.csv || fail "$(head -n 4 b/runs.csv)"
"$lead" whatif plain.yaml --load-sweep 1,1.25 --burst-sweep 5 --single-node-failures --policy static --engine fluid --at 2 --for "10 min" --out b \
    --set traffic.synthetic.epochs=6 >table 2>log || fail "$(cat log)"
narrow table
grep -q '^b: 16 rows, 15 runs' table || fail "$(cat table)" # load x1 is the undisturbed run
grep -q 'traffic.load.optimal_mlu_peak=1$' b/runs.csv || fail "$(cat b/runs.csv)"
"$lead" whatif plain.yaml --event "kind: link-failure, link: ATLAng-HSTNng, epoch: 3" --policy static --out events >table 2>log || fail "$(cat log)"
cut -d, -f2 events/runs.csv | tr '\n' ' ' | grep -q '^variant undisturbed events $' || fail "$(cat events/runs.csv)"
if has_ns3; then
    "$lead" whatif plain.yaml --double-link-failures --policy static --set traffic.synthetic.epochs=2 --set time.simulated="10 ms" --set time.rate_scale=1e-3 \
        --engine ns3 --worst 2 --out doubles >table 2>log || fail "$(cat log)"
    narrow table
    python3 - <<'PY' || fail "the worst on ns-3"
import csv
rows = list(csv.DictReader(open("doubles/runs.csv")))
names = [r["variant"] for r in rows]
assert names[0] == "undisturbed" and "undisturbed, fluid" in names, names[:3]
assert [n for n in names if n.endswith(", ns3")] == names[-2:], names[-3:]
mean = {r["variant"]: float(r["mlu_mean"]) for r in csv.DictReader(open("doubles/whatif.csv")) if r["seed"] == "all"}
fluid = {n: m for n, m in mean.items() if n.startswith("links") and not n.endswith("ns3")}
worst = sorted(fluid.values())[-2]
assert all(fluid[n[:-5]] >= worst for n in names[-2:]), names[-2:]
assert rows[-1]["against"] == "1" and rows[-3]["against"] == "2", rows[-3:]
PY
fi

# What is cut off loads no link, so that its MLU is a small one: it is said where the answer is.
printf '%s\n' src,dst,capacity_mbps A,B,100 B,A,100 B,C,100 C,B,100 A,C,100 C,A,100 C,D,100 D,C,100 >cut.csv
cat >cut.yaml <<'Y'
name: cut
topology: { file: cut.csv }
traffic: { synthetic: { epochs: 4, history: 20, mean_total: 50 Mbit/s } }
policies: [ { name: static, te: { algorithm: ecmp } }, { name: oracle, predict: { model: oracle }, te: { algorithm: mcf } } ]
engine: fluid
Y
"$lead" whatif cut.yaml --single-link-failures --top 2 --out cut >table 2>log || fail "$(cat log)"
narrow table
head -n 5 table | grep -qE '^most cut off, which no MLU counts: link C-D, [0-9.]+ % of the demand$' || fail "$(cat table)"
"$lead" whatif s.yaml --out a --seeds 2 >table 2>log || fail "$(cat log)"
! grep -q 'cut off' table || fail "nothing is cut off: $(cat table)"

# --- what is wrong is said, with file and line ---
while IFS='|' read -r line pattern; do
    { scenario bad.yaml 4 <<<"$line"; }
    refused "$pattern" "$lead" whatif bad.yaml --out bad
done <<'T'
|bad.yaml: nothing is varied: state .variants:. in it, or a study
variants: [ { name: x, set: { speed: 1 } } ]|bad.yaml:8: variant "x": --set: there is no key "speed"
variants: [ { name: x, set: { policies.sticky.te.moved_cost: -1 } } ]|bad.yaml:8: variant "x": with --set: bad.yaml:6: policies\[1\].te.moved_cost: -1 is not in
variants: [ { name: x, events: [ { kind: storm } ] } ]|bad.yaml:8: variant "x": .*storm
variants: [ { name: undisturbed, set: { seed: 1 } } ]|bad.yaml:8: variants: two variants are called "undisturbed"
variants: { name: x }|bad.yaml:8: variants: it is a mapping, not a sequence
variants: [ { grid: { seed: &a [1] } } ]|bad.yaml:8: variants: anchors and aliases
T
refused "whatif takes one scenario" "$lead" whatif
refused "nowhere.yaml: cannot be opened: No such file" "$lead" whatif nowhere.yaml --seeds 2
refused "there is no runs.csv in it" "$lead" whatif "$LEAD_SOURCE" --gather
refused "\-\-row takes the folder of the table" "$lead" whatif s.yaml --row 1
refused "\-\-set: a is a folder" "$lead" whatif a --set seed=2
refused "\-\-row: 99 is not in 1..24" "$lead" whatif a --row 99
refused "\-\-by: \"mul\" is no value" "$lead" whatif a --gather --by mul
refused "\-\-load-sweep: \"x\" is no number" "$lead" whatif plain.yaml --load-sweep 1,x
refused "\-\-noise-sweep: no policy of the scenario forecasts by noisy-oracle" "$lead" whatif plain.yaml --noise-sweep 1
refused "\-\-risk-groups: no link" "$lead" whatif plain.yaml --risk-groups
refused "whatif-row is what" "$lead" whatif-row a 1 1
sed 's/name: static/name: done/' plain.yaml >done.yaml
refused "policy \"done\": .lead whatif. writes a file of that name" "$lead" whatif done.yaml --seeds 2
cp a/runs.csv kept
sed -i '3s/,[0-9a-f]\{16\},/,x,/' a/runs.csv
refused "a/runs.csv:3: this is no row" "$lead" whatif a --gather
sed '3s#,static,#,../static,#' kept >a/runs.csv
refused "a/runs.csv:3: this is no row" "$lead" whatif a --gather
cp kept a/runs.csv
# A row that fails is named with its reason; the others end.
scenario fails.yaml 4 <<'Y'
variants: [ { name: other, set: { seed: 2 } }, { name: small, set: { memory: 1 MB } } ]
Y
status=0
"$lead" whatif fails.yaml --out fails >table 2>log || status=$?
[ $status = 1 ] || fail "rows that fail: status $status: $(cat log)"
grep -q 'row [56] (small, .*) .*failed: .*memory' log && grep -q '2 runs failed; the same command runs them again' log || fail "$(cat log)"
[ "$(find fails/runs -name 'done' | wc -l)" = 4 ] || fail "the others: $(cat log)"

# --- killed at 50 random moments ---
scenario k.yaml 100 <<'Y'
variants:
  - grid: { policies.sticky.te.moved_cost: [0.1, 0.2], policies.static.te.weights: [unit, file], traffic.load.optimal_mlu_peak: [0.7, 0.9] }
Y
"$lead" whatif k.yaml --out whole --jobs 2 >/dev/null 2>log || fail "$(cat log)"
bytes whole >wanted
RANDOM=7 # the same choices in every run of this test, at moments that differ
family() { pgrep -s "$1" || true; }
gone() { [ -z "$(family "$1")" ]; }
rows() { { cat killed/runs/*/*/epochs.csv 2>/dev/null || true; } | wc -l; }
ended() { ! kill -0 "$1" 2>/dev/null; }
kept() { [ -z "$(comm -23 done-before <(stamps killed))" ] || fail "rows that were done are lost, or were run again: $(comm -23 done-before <(stamps killed))"; }
done_rows() { # stamps of what belongs to rows that are done
    stamps killed >all-stamps
    sed -n 's#^\(killed/runs/[0-9a-f]*\)/done .*#\1/#p' all-stamps >finished
    grep -Ff finished all-stamps || true
}
kills=0 sweeps=0
while [ $kills -lt 50 ]; do
    [ $sweeps != 0 ] || rm -rf killed
    mkdir -p killed/runs
    done_rows >done-before
    setsid "$lead" whatif k.yaml --out killed --jobs 2 >/dev/null 2>log &
    pid=$!
    until [ "$(ps -o sid= -p $pid | tr -d ' ')" = $pid ] || ended $pid; do :; done
    while ! ended $pid && [ $kills -lt 50 ]; do
        target=$(($(rows) + RANDOM % 300))
        until [ "$(rows)" -ge $target ] || ended $pid; do :; done
        mapfile -t processes < <(family $pid)
        [ ${#processes[@]} -gt 0 ] || break
        kill -KILL "${processes[RANDOM % ${#processes[@]}]}" 2>/dev/null || continue
        kills=$((kills + 1))
    done
    status=0
    wait $pid 2>/dev/null || status=$?
    until gone $pid; do :; done # ctest's timeout ends what does not
    kept
    sweeps=$((sweeps + 1))
    if [ $status = 0 ]; then # it came to its end in spite of all
        bytes killed | cmp - wanted || fail "after $kills kills: other bytes"
        sweeps=0
    fi
done
"$lead" whatif k.yaml --out killed --jobs 2 >/dev/null 2>log || fail "the last one: $(cat log)"
bytes killed | cmp - wanted || fail "after $kills kills: other bytes"
done_rows >done-before
[ -s done-before ] || fail "nothing is done"

# TERM and INT end all at once, and say what is left.
rm -rf killed
for signal in TERM INT; do
    env --default-signal=INT setsid "$lead" whatif k.yaml --out killed --jobs 2 >/dev/null 2>log &
    pid=$!
    until [ "$(family $pid | wc -l)" -gt 1 ] || ended $pid; do :; done # rows are run
    kill -$signal $pid
    status=0
    wait $pid 2>/dev/null || status=$?
    [ $status = $((128 + $(kill -l $signal))) ] || fail "$signal: status $status: $(cat log)"
    until gone $pid; do :; done
    grep -q "ended by signal .*the rows that are done stay in killed" log || fail "$signal: $(cat log)"
done
# What cannot happen is refused before anything runs, a foreign file is left as it is, another table is told of.
scenario never.yaml 4 <<'Y'
variants:
  - name: late
    events: [ { kind: link-failure, link: ATLAng-HSTNng, epoch: 9 } ]
Y
refused 'never.yaml:[0-9]*: variant "late": never.yaml: events\[0\].epoch: epoch 9 does not come: the run has 4 epochs' "$lead" whatif never.yaml --out never
[ -z "$(ls never/runs)" ] || fail "rows of what cannot happen were run"
refused 'variant "link [^"]*": .*events\[0\].epoch: epoch 99 does not come' "$lead" whatif s.yaml --single-link-failures --at 99 --out never
refused "\-\-at goes with a study of failures or bursts" "$lead" whatif s.yaml --load-sweep 1,2 --at 3 --out never
refused "\-\-for goes with a study of failures or bursts" "$lead" whatif s.yaml --seeds 2 --for "1 h" --out never
refused "\-\-worst goes with \-\-double-link-failures" "$lead" whatif s.yaml --single-link-failures --worst 7 --out never
mkdir foreign
echo "my,own" >foreign/runs.csv
refused 'foreign/runs.csv is there and is no table of .lead whatif.: state another folder: --out' "$lead" whatif s.yaml --seeds 2 --plan --out foreign
[ "$(cat foreign/runs.csv)" = "my,own" ] || fail "somebody's file was overwritten"
"$lead" whatif s.yaml --seeds 2 --plan --out twice >/dev/null 2>log || fail "$(cat log)"
"$lead" whatif s.yaml --seeds 2 --plan --out twice >/dev/null 2>log && [ ! -s log ] || fail "the same table: $(cat log)"
"$lead" whatif s.yaml --plan --out twice >/dev/null 2>log || fail "$(cat log)"
grep -q "twice/runs.csv was another table, of 24 rows: this one takes its place" log || fail "$(cat log)"

# Two at a time do the work once.
"$lead" whatif k.yaml --out killed --jobs 2 >/dev/null 2>log2 &
pid=$!
"$lead" whatif k.yaml --out killed --jobs 2 >/dev/null 2>log || fail "two at a time: $(cat log)"
wait $pid || fail "two at a time: $(cat log2)"
bytes killed | cmp - wanted || fail "two at a time: other bytes"
