# `lead evaluate`: tables of at most 80 columns, JSON with every key, the windows it should take, errors; with the real data
# the error of `last` as plain Python has it.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"

# Three nodes, 400 TMs every 5 minutes with a gap after row 350, a daily wave and noise; one wild epoch, number 380.
python3 - <<'PY'
import random
from datetime import datetime, timedelta
random.seed(1)
names, start = "abc", datetime(2004, 1, 1)
with open("tm.csv", "w") as tm, open("shuffled.csv", "w") as shuffled:
    def write(file, order, when, rates):
        file.write(when + "," + ",".join("%.6g" % rates[s + d] for s in order for d in order) + "\n")
    for file, order in (tm, names), (shuffled, "cab"):
        file.write("time," + ",".join(s + ">" + d for s in order for d in order) + "\n")
    for i in range(400):
        if i in (350, 351):
            continue
        when = (start + timedelta(minutes=5 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
        rates = {s + d: (1 + k) * (100 + 20 * random.random()) for k, (s, d) in
                 enumerate((s, d) for s in names for d in names)}
        if i == 380:
            rates = {pair: 1e6 * rate for pair, rate in rates.items()}
        write(tm, names, when, rates)
        if i < 278:  # 70 %
            write(shuffled, "cab", when, rates)
PY
printf 'src,dst,capacity_kbps\nc,b,1000\nb,c,1000\nb,a,1000\na,b,1000\n' >links.csv
printf 'time,why\n2004-01-02T07:40:00Z,wild\n' >suspect.csv

"$lead" evaluate --predictor last --predictor=ewma --predictor oracle --tm tm.csv --topology links.csv --suspect suspect.csv \
    --horizon 1,3 --samples 20 --against last --json out.json >table
[ "$(wc -L <table)" -le 80 ] || fail "a table of $(wc -L <table) columns"
[ "$(grep -cE '^(last|ewma|oracle) ' table)" = 51 ] || fail "rows: $(cat table)"
python3 - <<'PY'
import json
rows = json.load(open("out.json"))
assert [(r["predictor"], r["horizon"]) for r in rows] == [(p, h) for p in ("last", "ewma", "oracle") for h in (1, 3)], rows
keys = ["predictor", "horizon", "windows", "nrmse", "nmae", "od_rmse", "ncrps", "crps_sum", "link_ncrps", "energy", "coverage",
        "width_90", "collapse", "seconds_per_forecast", "diffusion_steps"]
single = ["nrmse", "nmae", "od_rmse", "ncrps", "crps_sum", "link_ncrps", "energy"]
paths = ["link_peak_crps", "peak_mlu_crps", "path_energy", "variogram"]
for row in rows:
    of_paths = row["horizon"] == 3
    wanted = keys + (paths + ["peak_mlu_coverage_90", "roughness"] if of_paths else []) + (["against"] if row["predictor"] != "last" else [])
    assert sorted(row) == sorted(wanted), row
    for score in single + (paths if of_paths else []) if row["predictor"] != "last" else []:
        found, last = row["against"][score], next(r for r in rows if r["predictor"] == "last" and r["horizon"] == row["horizon"])
        assert abs(found["difference"] - (row[score] / last[score] - 1)) < 1e-6 and found["low"] <= found["difference"] <= found["high"], (score, row, last)
    assert sorted(row["coverage"]) == ["50", "80", "90", "95"], row
    # All targets from row 318 of 398 on (80 %); 16 + 3 TMs without a gap (350, 351) and the suspect epoch (380).
    kept = set(range(400)) - {350, 351, 380}
    wanted = sum(all(r in kept for r in range(now - 15, now + 4)) for now in range(317, 397))
    assert row["windows"] == wanted, (row, wanted)
    assert 0 <= row["nrmse"] < 0.2 and row["link_ncrps"] is not None, row
    assert (row["predictor"] == "oracle") == (row["energy"] < 1e-9), row
    assert row["diffusion_steps"] is None, row
PY
# The order of another file's nodes, the number of threads and of windows asked for change nothing; no links, no link loads.
again() { # JSON, options...: last
    local json=$1
    shift
    "$lead" evaluate --predictor last --tm tm.csv --suspect suspect.csv --samples 20 --json "$json" "$@" >/dev/null
}
again a.json --horizon 1,3
again b.json --horizon 1,3 --fit shuffled.csv --windows 100 --threads 2
python3 - <<'PY'
import json
a, b, out = (json.load(open(name + ".json"))[0] for name in ("a", "b", "out"))
for row in a, b, out:
    del row["seconds_per_forecast"]
assert a == b and a["link_ncrps"] is None, (a, b)
assert {**out, "link_ncrps": None} == a, (a, out)
PY
again w.json --windows 7
holds "__import__('json').load(open('w.json'))[0]['windows'] == 7"
again t.json --from 2004-01-02T04:00:00Z --to 2004-01-02T04:10:00Z
holds "__import__('json').load(open('t.json'))[0]['windows'] == 2"
# Forecasts made at listed times: 05:15 is in the gap, 03:57 off the grid, 02:00 of the first day in the fitting part.
printf 'made,time\n1,2004-01-02T04:05:00Z\n2,2004-01-02T03:55:00Z\n3,2004-01-01T02:00:00Z\n4,2004-01-02T05:15:00Z\n5,2004-01-02T03:57:00Z\n' >at.csv
again at.json --at at.csv
holds "__import__('json').load(open('at.json'))[0]['windows'] == 2"
printf 'time\n2004-01-02T03:55:00Z\n' >one.csv
again one.json --from 2004-01-02T04:00:00Z --to 2004-01-02T04:05:00Z
again at.json --at one.csv
python3 - <<'PY'
import json
one, at = (json.load(open(name + ".json"))[0] for name in ("one", "at"))
del one["seconds_per_forecast"], at["seconds_per_forecast"]
assert one == at, (one, at)
PY
again t.json --unit "1 Mbit/s" --from 2004-01-01T10:00:00Z --to 2004-01-01T10:10:00Z 2>said
grep -q "2 targets lie in the time that predictors are fitted on" said || fail "no warning: $(cat said)"

# Keys of a predictor's own. A burst of five times the traffic over 12 of 400 TMs: in it (but for its last TM, after which nobody can know that it is
# over) and after it a mean of the last 12 is as good as without the burst where it heeds levels, and several times as bad where it does not.
awk -F, -v OFS=, 'NR > 324 && NR <= 336 { for (i = 2; i <= NF; i++) $i *= 5 } { print }' tm.csv >burst.csv
awk -F, 'NR == 1 || (NR > 328 && NR < 346 && NR != 336) { print $1 }' burst.csv >in.csv
last() { "$lead" evaluate --predictor mean --predictor mean,window=12 --predictor mean,window=12,level_shifts=heed --tm "$1" --at in.csv --json "$2" --against mean,window=12; }
last tm.csv calm.json >/dev/null
last burst.csv burst.json >table
grep -q '^mean#3 ' table || fail "no label of its own: $(cat table)"
python3 - <<'PY'
import json
calm, burst = ([row["ncrps"] for row in json.load(open(name))] for name in ("calm.json", "burst.json"))
assert [r["predictor"] for r in json.load(open("burst.json"))] == ["mean", "mean,window=12", "mean,window=12,level_shifts=heed"]
assert calm[1] == calm[2], calm  # nothing jumps
assert burst[1] > 3 * calm[1] and burst[2] < 1.5 * calm[2], (calm, burst)
PY
# Too few days to recalibrate on: said once, and nothing is changed.
"$lead" evaluate --predictor ewma --predictor ewma,recalibrate=daily --tm tm.csv --samples 20 --json daily.json >table 2>said
[ "$(grep -c 'recalibrate: daily. wants TMs of the 3 days before 2004-01-02T00:00:00Z .*: the first known is of 2004-01-01T00:00:00Z;' said)" = 1 ] || fail "not said once: $(cat said)"
"$lead" evaluate --predictor ewma,recalibrate=daily --tm tm.csv --samples 5 >table 2>said
grep -q 'recalibrate: daily. wants 8 samples or more, and has 5;' said || fail "not said of samples: $(cat said)"
holds "len({r['ncrps'] for r in __import__('json').load(open('daily.json'))}) == 1"

evaluate() { "$lead" evaluate --tm tm.csv "$@"; }
refused "predictor \"mean,windows=3\": what mean heeds: .*did you mean window" evaluate --predictor mean,windows=3
refused "predictor \"last,window=3\": what last heeds" evaluate --predictor last,window=3
refused "predictor \"mean,window=0\": .*window" evaluate --predictor mean,window=0
refused "predictor \"mean,window\": \"window\" is not KEY=VALUE" evaluate --predictor mean,window
refused "\"hear\" is none of default, heed, ignore" evaluate --predictor mean,level_shifts=hear
refused "fit is told by an option of its own" evaluate --predictor last,fit=tm.csv
refused "last has no checkpoint: leave out \":x" evaluate --predictor last:x,level_shifts=heed
refused "\"magic\" is none of last, mean, ewma" evaluate --predictor magic
refused "needs --predictor \(last, mean, ewma" evaluate
refused "no window of 17 TMs" evaluate --predictor last --from 2005-01-01T00:00:00Z
refused "no window of 17 TMs" evaluate --predictor last --from 2004-01-02T05:20:00Z --to 2004-01-02T05:40:00Z # behind the gap
refused "no window of 356 TMs" evaluate --predictor last --horizon 1,340
refused "\-\-from: .*yesterday" evaluate --predictor last --from yesterday
refused "\-\-horizon: \"1,,2\"" evaluate --predictor last --horizon 1,,2
refused "\-\-horizon: \"0\"" evaluate --predictor last --horizon 0
refused "\-\-samples: \"none\"" evaluate --predictor last --samples none
refused "\-\-budget: \"60 kB\" is not a time" evaluate --predictor last --budget "60 kB"
refused "\-\-budget: 0 is not in" evaluate --predictor last --budget 0
refused "\-\-budget: -5 ms is not in" evaluate --predictor last --budget "-5 ms"
refused "\-\-budget: \"\" is not a time" evaluate --predictor last --budget ""
refused "\"last\", to be compared with, is none" evaluate --predictor ewma --against last
refused "\"lst\", to be compared with, is none of the predictors that are scored: last, ewma: did you mean last\?" evaluate --predictor last --predictor ewma --against lst
# What is no checkpoint, as in a scenario, before anything is scored.
refused "^lead: predictor \"lead:./nope\": checkpoint ./nope is not there; .lead info. lists" evaluate --predictor last --predictor lead:./nope
mkdir empty
refused "^lead: predictor \"lead:./empty\": checkpoint ./empty is a folder without a manifest.json; .lead info. lists" evaluate --predictor lead:./empty
refused "what is \"more\"" evaluate --predictor last more
printf 'time\n2004-01-02 7:40\n' >bad.csv
refused "bad.csv:2: " evaluate --predictor last --suspect bad.csv
refused "bad.csv:2: " evaluate --predictor last --at bad.csv
printf 'time\n' >none.csv
refused "\-\-at: none.csv lists no time" evaluate --predictor last --at none.csv
printf 'time\n2004-01-02T05:15:00Z\n' >gap.csv
refused "no window of 17 TMs .* made at a listed time" evaluate --predictor last --at gap.csv
printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\n' >small.csv
refused "node c of the TMs is not in the network" evaluate --predictor last --topology small.csv
# What is wrong ends the command, but what was done before it is told and kept.
mkdir broken
echo '{' >broken/manifest.json
refused "^lead: .*/broken/manifest.json" evaluate --predictor oracle --predictor lead:./broken --predictor last --json early.json
grep -q "^oracle" "$work/said" || fail "the rows that were done are not told: $(cat said)"
holds "[r['predictor'] for r in __import__('json').load(open('early.json'))] == ['oracle']"
refused "^lead: .*/broken/manifest.json.*; nowhere/out.json" evaluate --predictor oracle --predictor lead:./broken --json nowhere/out.json
refused "^lead: .*/broken/manifest.json" evaluate --predictor lead:./broken --predictor last --json none.json
[ ! -e none.json ] || fail "JSON without a row"
# A predictor that cannot serve what is asked for is a row of dashes; the others are scored. Every seventh
# TM is 35 minutes after the one before: no divisor of a day.
awk -F, 'NR == 1 || NR % 7 == 2' tm.csv >every7.csv
"$lead" evaluate --predictor seasonal --predictor last --tm every7.csv --from 2004-01-01T10:00:00Z --samples 3 --json some.json >table 2>said ||
    fail "a predictor that cannot serve ended the command: $(cat said)"
grep -qE '^seasonal +1( +-){8}$' table || fail "no row of dashes: $(cat table)"
grep -A1 '^seasonal' table | grep -q '^    seasonal: a day is no multiple of the step, 2100 s$' || fail "no reason: $(cat table)"
grep -q '^lead: seasonal, 1 ahead: seasonal: a day is no multiple' said || fail "no reason on standard error: $(cat said)"
holds "[r['predictor'] for r in __import__('json').load(open('some.json'))] == ['last']"
refused "^lead: no predictor can serve what is asked for$" "$lead" evaluate --predictor seasonal --tm every7.csv --from 2004-01-01T10:00:00Z --horizon 1,2 --json no.json
[ "$(grep -c 'no multiple' said)" = 1 ] || fail "a reason is not said once: $(cat said)"
[ ! -e no.json ] || fail "JSON without a row"
refused "cannot be written" evaluate --predictor last --json nowhere/out.json

need_data abilene-tm.csv.gz
"$lead" evaluate --predictor last --tm "$LEAD_DATA/abilene-tm.csv.gz" --samples 2 --json abilene.json
python3 - <<'PY'
import gzip, json, os
from datetime import datetime
times, tms = [], []
with gzip.open(os.environ["LEAD_DATA"] + "/abilene-tm.csv.gz", "rt") as file:
    next(file)
    for count, line in enumerate(file, 1):
        if count > 29000:
            stamp, values = line.split(",", 1)
            times.append(datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").timestamp())
            tms.append([float(value) for od, value in enumerate(values.split(",")) if od % 13 != 0])
targets = [t for t in range(int(0.8 * count) - 29000, len(times)) if times[t] - times[t - 16] == 16 * 300]
error = sum((x - y) ** 2 for t in targets for x, y in zip(tms[t], tms[t - 1]))
nrmse = (error / sum(x ** 2 for t in targets for x in tms[t])) ** 0.5
row = json.load(open("abilene.json"))[0]
assert row["windows"] == len(targets), (row, len(targets))
assert abs(row["nrmse"] / nrmse - 1) < 0.02, (row, nrmse)
print("nrmse of last on Abilene:", row["nrmse"], "by Python:", nrmse)
PY
