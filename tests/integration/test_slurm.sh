# `lead whatif --slurm` with a real Slurm: 20 rows at MaxArraySize 6, one task requeued and one killed; gathered, the bytes are those of
# `--jobs 2`.
. "$LEAD_SOURCE/tests/integration/support.sh"
. "$LEAD_SOURCE/tests/integration/page.sh"
. "$LEAD_SOURCE/tests/integration/slurm.sh"
cd "$work"
start_slurm 'MaxArraySize=6
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0'

mkdir "in put" # a relative file, a blank and a percent sign in paths
cp "$LEAD_SOURCE/scenarios/abilene.yaml" "in put/net.yaml"
cat >"in put/s.yaml" <<'Y'
name: small
topology: { file: net.yaml }
traffic: { synthetic: { epochs: 40, history: 20 }, load: { optimal_mlu_peak: 0.8 } }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: sticky, predict: { model: last }, te: { algorithm: paths, paths: 4, moved_cost: 0.3 } }
engine: fluid
variants:
  - { name: long, set: { traffic.synthetic.epochs: 1000 } }
  - { name: longer, set: { traffic.synthetic.epochs: 1001 } }
Y
sweep=(--load-sweep '0.7,0.8,0.9,1.1,1.2,1.3,1.4')
out="$work/o %a"
bytes() { (cd "$1" && find . -name 'done' -o -name epochs.csv -o -name links.csv -o -name runs.csv -o -name 'whatif.*' | sort | xargs -d '\n' sha256sum); }
key() { # ROW
    python3 -c 'import csv, sys; print(list(csv.DictReader(open(sys.argv[1] + "/runs.csv")))[int(sys.argv[2]) - 1]["key"])' "$out" "$1"
}
row_of() { # VARIANT
    python3 -c 'import csv, sys
print(next(r["row"] for r in csv.DictReader(open(sys.argv[1] + "/runs.csv")) if (r["variant"], r["policy"]) == (sys.argv[2], "sticky")))' "$out" "$1"
}
state() { squeue -h -r -t all -j "$1" -o %T; } # JOB_INDEX
is() { [ "$(state "$1")" = "$2" ]; }
has_ended() { ! squeue -h -r -j "$1" | grep -q .; }
ends() { # JOB_INDEX STATE
    until_true "the end of job $1" has_ended "$1"
    is "$1" "$2" || fail "job $1 is $(state "$1"), not $2: $(cat "$out"/slurm/*)"
}
processes() { # ROW: those of its task, and what they started
    local pid key
    key=$(key "$1")
    for pid in $(of_slurm); do
        { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qE -- "--row $1 |runs/$key "; } 2>/dev/null && echo "$pid"
    done || true
}
stop() { # ROW, which takes some seconds: its processes are stopped in its middle, and are in the file victims
    local folder
    folder=$out/runs/$(key "$1")
    until_true "row $1" test -s "$folder/sticky/epochs.csv"
    processes "$1" >victims
    [ "$(wc -l <victims)" -ge 2 ] && xargs kill -STOP <victims && [ ! -e "$folder/done" ] || fail "row $1 was too fast: $(ls "$folder")"
}
nothing_left() { [ -z "$(squeue -h)" ]; }
nobody() { [ -z "$(processes "$1")" ]; }

"$lead" whatif "in put/s.yaml" "${sweep[@]}" --out wanted --jobs 2 >/dev/null 2>log || fail "$(cat log)"
grep -c . wanted/runs.csv | grep -qx 21 || fail "not 20 rows: $(cat wanted/runs.csv)"
bytes wanted >bytes-wanted

# --- submitted and printed, nothing twice ---
scontrol update PartitionName=short State=DOWN
(cd "in put" && "$lead" whatif s.yaml "${sweep[@]}" --out "$out" --slurm --submit --threads 1 --tasks 8 --sbatch '--partition=short --time=10') >said 2>log ||
    fail "$(cat said log)"
grep -qx 'job array 1: rows 1-6' said && grep -qx 'job array 2: rows 7-8' said || fail "$(cat said)"
grep -q '^12 rows are left: 9-20' said || fail "$(cat said)"
tail -n 1 said | grep -qF -- "lead whatif '$out' --slurm --submit --threads 1 --tasks 8 --sbatch='--partition=short --time=10'" || fail "$(cat said)"
tail -n 1 said | sed "s#lead#'$lead'#" >again
bash again >said || fail "the command that was said: $(cat said)" # there is no room yet
grep -q '12 of 20 rows are to be run; 8 more are in' said && grep -q '^12 rows are left' said || fail "$(cat said)"
"$lead" whatif "$out" --slurm >script || fail "$(cat script)"
grep -q -- '--array=0-5 .*ROW_OFFSET=9\|ROW_OFFSET=9 .*--array=0-5' script && grep -qx 'after=:1:2' script || fail "$(cat script)"
sh script >last || fail "what is printed cannot be run: $(cat script)"
gather=$(cat last)
[ "$(squeue -h -r -o '%j' | grep -c '^lead-[0-9a-f]*+')" = 20 ] || fail "$(squeue -r)"
scontrol show job "$gather" | grep -qE 'Dependency=afterany:1_\*.*,afterany:2_\*.*afterany:' || fail "$(scontrol show job "$gather")"
"$lead" whatif "$out" --slurm >said
grep -q ': 0 of 20 rows are to be run; 20 more' said && ! grep -q '^[^#]' said || fail "$(cat said)"
refused '20 of 20 rows are missing' "$lead" whatif "$out" --gather
scontrol show job 1_1 | grep -q 'CPUs/Task=1 ' || fail "$(scontrol show job 1_1)"

# --- one is requeued, one is killed while another one waits for its row ---
requeued=$(row_of long) killed=$(row_of longer)
[ "$requeued $killed" = "4 6" ] || fail "other rows: $requeued $killed"
exec 9<>"$out/scenarios/$(key "$requeued").yaml"
flock 9 # it waits for its turn
scontrol update PartitionName=short State=UP
stop "$killed"
env -u SLURM_CONF "$lead" whatif "$out" --row "$killed" >second 2>&1 9>&- &
second=$!
xargs kill -KILL <victims
exec 9>&-
stop "$requeued"
scontrol requeue 1_$((requeued - 1))
until_true "the requeued task" is 1_$((requeued - 1)) PENDING
nobody "$requeued" || fail "a requeued task leaves processes: $(processes "$requeued")"
[ ! -e "$out/runs/$(key "$requeued")/done" ] || fail "the requeued row was done"
wait $second || fail "the second one at a row: $(cat second)"
grep -qx "row $killed is done" second || fail "the second one at a row: $(cat second)"
ends 1_$((killed - 1)) FAILED
scontrol requeue 1_$((killed - 1))
until_true "the killed task" is 1_$((killed - 1)) PENDING
for row in $killed $requeued; do scontrol update JobId=1_$((row - 1)) StartTime=now; done # Slurm lets two minutes pass

# --- gathered ---
ends "$gather" COMPLETED
grep -qx "row $requeued is done" "$out/slurm/1_$((requeued - 1)).txt" || fail "$(cat "$out"/slurm/1_*)"
grep -qx "row $killed was done before" "$out/slurm/1_$((killed - 1)).txt" || fail "$(cat "$out"/slurm/1_*)"
scontrol show job 1_$((requeued - 1)) | grep -q 'Restarts=1' || fail "$(scontrol show job 1_$((requeued - 1)))"
bytes "$out" | diff bytes-wanted - || fail "other bytes than --jobs 2"
grep -q '20 rows, 20 runs' "$out/slurm/gather-$gather.txt" || fail "$(cat "$out/slurm/gather-$gather.txt")"
"$lead" whatif "$out" --slurm --submit >said
grep -q ': 0 of 20 rows are to be run$' said && [ -z "$(squeue -h)" ] || fail "$(cat said)"

# --- only what is missing; cancelled; refused ---
rm -r "$out/runs/$(key "$requeued")" "$out/runs/$(key 12)/done"
"$lead" whatif "$out" --slurm --submit >said || fail "$(cat said)"
array=$(sed -n "s/^job array \([0-9]*\): rows $requeued\$/\1/p" said)
grep -q ': rows 12$' said && [ "$(grep -c '^job array' said)" = 2 ] || fail "not what is missing: $(cat said)"
stop "$requeued"
scancel "$array"
ends "${array}_0" CANCELLED
nobody "$requeued" || fail "a cancelled task leaves processes: $(processes "$requeued")"
grep -q 'ended by signal 15' "$out/slurm/${array}_0.txt" || fail "$(cat "$out/slurm/${array}_0.txt")"
until_true "row 12" test -e "$out/runs/$(key 12)/done"
gather=$(sed -n 's/^job \([0-9]*\) gathers.*/\1/p' said)
ends "$gather" FAILED # and so a row that is missing is seen
grep -q "1 of 20 rows are missing: $requeued " "$out/slurm/gather-$gather.txt" || fail "$(cat "$out/slurm/gather-$gather.txt")"
refused "sbatch ended with status 1" "$lead" whatif "$out" --slurm --submit --sbatch --partition=none
grep -q "^1 rows are left: $requeued" "$work/said" || fail "$(cat "$work/said")"
refused "sbatch: --array is not to be given" "$lead" whatif "$out" --slurm --submit --sbatch --array=1
refused "submit goes with --slurm" "$lead" whatif "$out" --submit
refused "exclude one another" "$lead" whatif "$out" --slurm --gather
"$lead" whatif "$out" >/dev/null 2>log || fail "$(cat log)"
bytes "$out" | diff bytes-wanted - || fail "other bytes in the end"

# --- what docs/cluster.md shows ---
PATH=$LEAD_BUILD:$PATH
page_scenario >day.yaml
lead whatif day.yaml --single-link-failures --out wanted2 --jobs 2 >/dev/null 2>&1
blocks Slurm sh >commands
[ "$(grep -c . commands)" = 3 ] || fail "Slurm's commands are others: $(cat commands)"
while read -r line; do
    bash -c "$line" >said 2>&1 || fail "docs/cluster.md's \"$line\": $(cat said)"
done <commands
grep -q 'of 5 rows are to be run' said || fail "$(cat said)"
until_true "the page's jobs" nothing_left
cmp wanted2/whatif.csv OUT/whatif.csv || fail "docs/cluster.md: other results"

# --- without Slurm, and at its limits ---
rm "$out"/runs/*/done
mkdir bin
for tool in sh cat; do ln -s "$(command -v $tool)" bin/$tool; done
PATH=$work/bin "$lead" whatif "$out" --slurm >said
grep -q '^# there is no scontrol here.*usual limits' said && grep -q -- '--array=0-19 ' said || fail "$(cat said)"
refused "there is no scontrol here" env PATH="$work/bin" "$lead" whatif "$out" --slurm --submit
printf '#!/bin/sh\nprintf "MaxArraySize = 1001\\nMaxJobCount = 20\\nSchedulerParameters = max_array_tasks=4\\nAccountingStorageEnforce = limits\\n"\n' >bin/scontrol
printf '#!/bin/sh\nprintf "7 1 N/A CD x\\n7 2 0 PD lead-0+1\\n7 2 1 PD lead-0+1\\n"\n' >bin/squeue
chmod +x bin/scontrol bin/squeue
PATH=$work/bin "$lead" whatif "$out" --slurm >said
[ "$(grep -c -- '--array=0-3 ' said)" = 3 ] && [ "$(grep -c -- '--array=0-2 ' said)" = 1 ] || fail "not 15 of 20: $(cat said)" # 3 are there
grep -q '^# 5 rows are left: 16-20' said && grep -q 'limits of users, too' said && ! grep -q gather said || fail "$(cat said)"
