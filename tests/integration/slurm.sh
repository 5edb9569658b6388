# A Slurm of a test's own, in $work/slurm: munged, slurmctld and slurmd on loopback, with free ports, for whoever runs the test; to be
# sourced after support.sh. start_slurm MORE_LINES_OF_SLURM_CONF. Its node has 4 processors, whatever the machine has.
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch squeue scontrol scancel; do
    command -v $program >/dev/null || { echo "skipped: no $program here (Debian's slurm-wlm and munge)"; exit 0; }
done
for name in $(compgen -e | grep -E '^(SLURM|SBATCH|SQUEUE|SCONTROL)' || true); do unset "$name"; done
slurm=${work:?support.sh is to be sourced first}/slurm
daemons=()

# Processes that this Slurm runs, or that its tasks started: their environment says so.
of_slurm() { (unset SLURM_CONF; grep -lzxF "SLURM_CONF=$slurm/slurm.conf" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n' || true); }

end_slurm() {
    trap '' TERM INT HUP
    unset SLURM_CONF
    local pid
    # First who would start another one.
    for pid in "${daemons[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    while [ -n "$(of_slurm)" ]; do
        for pid in $(of_slurm); do kill -KILL "$pid" 2>/dev/null || true; done
    done
    rm -rf "$work"
}
trap end_slurm EXIT
trap 'exit 143' TERM
trap 'exit 130' INT HUP

# In the foreground, so that it ends with the test; and if that is killed, too.
daemon() {
    local name=$1
    shift
    setpriv --pdeathsig KILL "$@" >"$slurm/$name.said" 2>&1 </dev/null &
    daemons+=($!)
    disown # its end is nothing to be told
}

# until_true WHAT COMMAND...: waits for the command to succeed as long as the daemons live; ctest's timeout ends what does not.
until_true() {
    local what=$1 pid
    shift
    until "$@" >/dev/null 2>&1; do
        for pid in "${daemons[@]}"; do
            kill -0 "$pid" 2>/dev/null || fail "waiting for $what: a daemon of Slurm is gone: $(tail -n 5 "$slurm"/*.said "$slurm"/*.log 2>&1)"
        done
        sleep 0.05
    done
}

start_slurm() {
    local user host ports
    user=$(id -un) host=$(uname -n)
    host=${host%%.*}
    mkdir -p "$slurm/state" "$slurm/spool"
    (umask 077 && head -c 1024 /dev/urandom >"$slurm/munge.key")
    ports=$(python3 -c '
import socket
both = [socket.socket() for _ in range(2)]
[s.bind(("127.0.0.1", 0)) for s in both]
print(*(s.getsockname()[1] for s in both))')
    cat >"$slurm/slurm.conf" <<C
ClusterName=lead
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.socket
CredType=cred/munge
SlurmctldPort=${ports% *}
SlurmdPort=${ports#* }
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=INFINITE State=UP
$1
C
    echo CgroupPlugin=cgroup/v1 >"$slurm/cgroup.conf" # nothing uses it; found by itself it needs a mounted /sys/fs/cgroup
    export SLURM_CONF=$slurm/slurm.conf
    daemon munged munged --foreground --force --num-threads=2 --socket="$slurm/munge.socket" --key-file="$slurm/munge.key" \
        --log-file="$slurm/munged.log" --pid-file="$slurm/munged.pid" --seed-file="$slurm/munged.seed"
    until_true "munged" test -S "$slurm/munge.socket"
    daemon slurmctld slurmctld -D
    until_true "slurmctld" scontrol ping
    daemon slurmd slurmd -D
    until_true "slurmd" is_idle
}
is_idle() { [ "$(sinfo -h -o %t)" = idle ]; }
