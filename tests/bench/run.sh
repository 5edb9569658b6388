#!/usr/bin/env bash
# Makes results/benchmark.md. Usage: LEAD_DATA=... tests/bench/run.sh [--list | PART ...]   (packets lap fluid forecast whatif report;
# without a name those that are out of date)
set -euo pipefail
cd "$(dirname "$0")/../.."
. scenarios/setup.sh
. results/parts.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

prepare() {
    prepare_runs
    # A fortnight is enough, and quicker to read than the whole files.
    zcat "$LEAD_DATA/abilene-tm.csv.gz" | awk 'NR == 1 || NR > 32545' >"$work/abilene.csv"
    zcat "$LEAD_DATA/geant-tm.csv.gz" | awk 'NR == 1 || NR > 7345' >"$work/geant.csv"
}
measure() { "$1"; }

# Each part is a function of its name.
packets() {
    echo "## Packets per second"
    echo
    echo "The same CBR traffic, topology, rates and queues: a plain ns-3 program (OnOffHelper, PacketSink, Ipv4GlobalRouting), ours as"
    echo "\`lead run\` uses it (UDP goes from device to device by our tables), and ours through ns-3's whole IP stack; by turns, 5 rounds."
    echo
    echo '```'
    build/bench_ns3_packets | grep -v round
    echo '```'
}
networks() { # WHAT: a row for each network
    build/bench_core "$1" Abilene scenarios/abilene.yaml "$work/abilene.csv"
    build/bench_core "$1" GEANT scenarios/geant.yaml "$work/geant.csv"
    for name in Geant2012 Uninett2010 Colt; do
        build/bench_core "$1" $name "$LEAD_DATA/repetita/$name.graph" "$LEAD_DATA/repetita/$name.0000.demands"
    done
}
lap() {
    echo "## A lap without the network"
    echo
    echo "Milliseconds of measuring (OD counters), planning (last TM, minimum-MLU multicommodity flow) and installing the tables in ns-3;"
    echo "median of 60 laps on real TMs (Geant2012, Uninett2010 and Colt: REPETITA's one TM again and again)."
    echo
    echo "| network | nodes | links | measure | plan | install | all |"
    echo "| --- | --- | --- | --- | --- | --- | --- |"
    networks lap
}
fluid() {
    echo "## Fluid epochs per second"
    echo
    echo "| network | nodes | links | epochs a second |"
    echo "| --- | --- | --- | --- |"
    networks fluid
}
forecast() {
    local net
    echo "## LEAD's milliseconds per forecast"
    echo
    echo "20 samples, one thread, CPU; a forecast for every TM of the last day of a fortnight (Abilene) and a week (GEANT), as a loop makes"
    echo "them. One of these recalibrates: it forecasts from 24 hours of the day before, too; the mean has it, the largest is it."
    echo
    echo "| checkpoint | nodes | steps ahead | median | mean | largest |"
    echo "| --- | --- | --- | --- | --- | --- |"
    for net in abilene geant; do
        build/bench_core lead "models/checkpoints/$net-80" "scenarios/$net.yaml" "$work/$net.csv"
        build/bench_core lead models/checkpoints/any "scenarios/$net.yaml" "$work/$net.csv"
    done
}
# study NAME SCENARIO: a row of the table.
study() {
    local out=$work/$1 before after
    before=$(date +%s.%N)
    build/lead whatif "$2" --single-link-failures --out "$out" >"$work/said"
    after=$(date +%s.%N)
    /usr/bin/python3 - "$1" "$out" "$2" "$before" "$after" <<'PY'
import csv, glob, sys
name, out, scenario, before, after = sys.argv[1:]
rows = list(csv.DictReader(open(f"{out}/runs.csv")))
runs, seconds = len({r["key"] for r in rows}), float(after) - float(before)
epochs = sum(1 for _ in open(glob.glob(f"{out}/runs/{rows[0]['key']}/{rows[0]['policy']}/epochs.csv")[0])) - 1
print(f"| {name} | {len({r['variant'] for r in rows}) - 1} | {len({r['policy'] for r in rows})} | {epochs} | {runs} | {seconds:.1f} | {1e3 * seconds / runs:.0f} |")
PY
}
whatif() {
    echo "## What if: a table of runs"
    echo
    echo "Every single link failure, on the fluid engine, as many runs at a time as cores: \`lead whatif SCENARIO --single-link-failures\` on"
    echo "scenarios/studies/single-failures.yaml (GEANT; ecmp, weights, mcf on the last TM and on the true one) and tests/bench/whatif-uninett.yaml"
    echo "(Uninett2010; ecmp, mcf, weights); with planning the table and gathering what the runs say."
    echo
    echo "| network | failures | policies | epochs | runs | seconds | milliseconds a run |"
    echo "| --- | --- | --- | --- | --- | --- | --- |"
    study GEANT scenarios/studies/single-failures.yaml
    study Uninett2010 tests/bench/whatif-uninett.yaml
}

# page NAME WHAT FOLDER: a row of the table; FOLDER is what `lead run` or `lead whatif` wrote.
page() {
    local before after bytes opening
    before=$(date +%s.%N)
    build/lead report "$3" --out "$work/$1.html" >"$work/said"
    after=$(date +%s.%N)
    bytes=$(stat -c %s "$work/$1.html")
    opening=$(node "$browser/opening.mjs" "$work/$1.html")
    awk -v name="$2" -v bytes="$bytes" -v made="$after $before" -v opening="$opening" 'BEGIN {
        split(made, m, " "); split(opening, o, " ")
        printf "| %s | %.2f | %.1f | %s | %s |\n", name, bytes / 1e6, m[1] - m[2], o[1], o[2] }'
}
report() {
    browser=$work/browser
    cp -r tests/report "$browser"
    (cd "$browser" && npm ci --ignore-scripts --no-audit --no-fund) >"$work/said" 2>&1
    build/lead run scenarios/abilene-day.yaml --engine fluid --out "$work/day" >"$work/said" 2>&1
    build/lead run tests/bench/report-week.yaml --out "$work/week" >"$work/said" 2>&1
    build/lead whatif scenarios/studies/single-failures.yaml --single-link-failures --out "$work/failures" >"$work/said" 2>&1
    echo "## The report"
    echo
    echo "\`lead report\` on scenarios/abilene-day.yaml (fluid engine), tests/bench/report-week.yaml and the table of GEANT's 37 failures above. Opening:"
    echo "over file:// in a headless Chromium at 1280 x 900, until the first screen is drawn, median of 5; a frame: median of 200 while 60 epochs"
    echo "a second are played."
    echo
    echo "| page | MB | seconds to make | seconds to open | milliseconds a frame |"
    echo "| --- | --- | --- | --- | --- |"
    page day "a day of Abilene, 5 policies" "$work/day"
    page week "a week of Abilene, 4 policies" "$work/week"
    page failures "GEANT, 37 failures, 4 policies" "$work/failures"
}

make_page results/benchmark.md "$@"
