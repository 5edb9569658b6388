# How many policies run at a time when nobody says: what Slurm gave the task, else what the process may use.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
cat >count.c <<'C'
#include <lead/base.h>
int main(void) { return lead_cores(); }
C
cc count.c -I"$LEAD_SOURCE/module/include" -I"$LEAD_BUILD/include" -L"$LEAD_BUILD" -llead -Wl,-rpath,"$LEAD_BUILD" -o count
unset SLURM_CPUS_PER_TASK SLURM_CPUS_ON_NODE
is() { local wanted=$1 got=0; shift; "$@" ./count || got=$?; [ "$got" = "$wanted" ] || fail "$*: $got cores, not $wanted"; }
is "$(nproc)" env
is 1 taskset -c 0
is 3 env SLURM_CPUS_ON_NODE=3
is 5 env SLURM_CPUS_PER_TASK=5 SLURM_CPUS_ON_NODE=3
is 5 env SLURM_CPUS_PER_TASK=5 taskset -c 0
is 3 env SLURM_CPUS_PER_TASK=some SLURM_CPUS_ON_NODE=3
is 3 env SLURM_CPUS_PER_TASK=-2 SLURM_CPUS_ON_NODE=3
