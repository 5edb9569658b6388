# How many policies run at a time when nobody says (--threads): what Slurm gave the task, else what the process may use.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
cat >count.c <<'C'
#include <lead/base.h>
int main(void) { return lead_cores(); }
C
cc count.c -I"$LEAD_SOURCE/module/include" -I"$LEAD_BUILD/include" -L"$LEAD_BUILD" -llead -Wl,-rpath,"$LEAD_BUILD" -o count
unset LEAD_THREADS SLURM_CPUS_PER_TASK SLURM_CPUS_ON_NODE
is() { local wanted=$1 got=0; shift; "$@" ./count || got=$?; [ "$got" = "$wanted" ] || fail "$*: $got cores, not $wanted"; }
is "$(nproc)" env
is 1 taskset -c 0
is 3 env SLURM_CPUS_ON_NODE=3
is 5 env SLURM_CPUS_PER_TASK=5 SLURM_CPUS_ON_NODE=3
is 5 env SLURM_CPUS_PER_TASK=5 taskset -c 0
is 2 env LEAD_THREADS=2 SLURM_CPUS_PER_TASK=5
is 3 env SLURM_CPUS_PER_TASK=some SLURM_CPUS_ON_NODE=3
is 3 env SLURM_CPUS_PER_TASK=-2 SLURM_CPUS_ON_NODE=3

# --threads reaches those that a run starts.
cat >s.yaml <<Y
name: threads
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: 20000, history: 20 } }
policies: [ { name: p, te: { algorithm: ecmp } } ]
engine: fluid
Y
for what in "run s.yaml" "whatif s.yaml --seeds 2"; do
    # shellcheck disable=SC2086 # words
    "$lead" $what --out out --threads 3 >/dev/null 2>log &
    pid=$!
    until pgrep -P $pid >child && tr '\0' '\n' <"/proc/$(head -n 1 child)/environ" 2>/dev/null | grep -qx LEAD_THREADS=3; do
        kill -0 $pid 2>/dev/null || fail "$what --threads: $(cat log)"
    done
    kill $pid
    wait $pid || true
done
refused "threads: \"0\" is not" "$lead" run s.yaml --threads 0
refused "threads: \"0\" is not" "$lead" whatif s.yaml --out whatif --threads 0
