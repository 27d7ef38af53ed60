#!/bin/sh
# SPDX-License-Identifier: MIT
# labs/grade-all --engine slurm, on a Slurm of one node that is begun here: its
# three daemons, their key and their state lie in a folder of their own, on
# ports of their own, and go away with it. Without them: SKIP, and why.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
for tool in munged slurmctld slurmd sbatch scancel; do
    PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null ||
        skip_all "no $tool: scripts/deps slurm"
done
PATH=$PATH:/usr/sbin:/sbin
limit=200

class=$tmp/class
out=$tmp/class.graded
slurm=$tmp/slurm
host=$(hostname -s)

# Two ports that nobody has.
free_ports() {
    python3 -c '
import socket
ends = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(end.getsockname()[1] for end in ends))'
}

end_daemons() {
    for daemon in slurmd slurmctld munged; do
        [ ! -s "$slurm/$daemon.pid" ] || kill "$(cat "$slurm/$daemon.pid")"
    done 2>/dev/null
    for daemon in slurmd slurmctld munged; do
        for _ in $(seq 100); do
            [ -s "$slurm/$daemon.pid" ] || break
            sleep 0.1
        done
    done
}
trap 'end_daemons; rm -rf "$tmp"; [ $failures -eq 0 ] || exit 1' EXIT

configure() { # CTLD-PORT D-PORT
    cat <<EOF
ClusterName=threadbare
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$1
SlurmdPort=$2
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthInfo=socket=$slurm/munge/socket
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
}

start_munge() {
    mkdir -m 755 "$slurm/munge"
    (umask 077 && head -c 1024 /dev/urandom >"$slurm/munge/key")
    munged --force --key-file="$slurm/munge/key" \
        --socket="$slurm/munge/socket" --pid-file="$slurm/munged.pid" \
        --log-file="$slurm/munge/log" --seed-file="$slurm/munge/seed"
}

# The node has to report before jobs are taken.
node_is_idle() {
    for _ in $(seq 300); do
        sinfo -h -o %t | grep -q idle && return 0
        sleep 0.1
    done
    return 1
}

start_slurm() {
    chmod 755 "$tmp"
    mkdir -p "$slurm/state" "$slurm/spool"
    # shellcheck disable=SC2046 # two numbers
    configure $(free_ports) >"$slurm/slurm.conf"
    start_munge && slurmctld && slurmd -N "$host" && node_is_idle
}

export SLURM_CONF="$slurm/slurm.conf"
if ! start_slurm >"$tmp/why" 2>&1; then
    skip_all "Slurm does not start here: $(grep -h . "$tmp/why" \
        "$slurm"/*.log | tail -n 1)"
fi
plan 12

mkdir "$class"
for name in anna bert carl dora emil; do
    cp -r "$BUILD/labs/work/reference" "$class/$name"
done
cp -r "$BUILD/labs/starter/03-lifecycle" "$class/fred"
mv "$class/dora" "$class/do
ra"

graded() { # WHAT
    status 0 "$1" labs/grade-all 3 "$class" --engine slurm --jobs 2 -- \
        --test order
}

graded "a class is graded by a Slurm array"
matches "all of it" '^6 of 6 graded, 6 of them now'
ok "five have their points" \
    [ "$(cut -d, -f2 "$out/scores.csv" | grep -cx 10)" -eq 5 ]
ok "and one has none" grep -q '^fred,0,' "$out/scores.csv"
ok "jobs of an array, and nothing else, have done it" sh -c "
    head -n 1 '$out/.run/engine.log' | grep -qx '[0-9][0-9]*'"
rm "$out/bert/graded"
graded "the same again"
matches "grades what is missing" '^6 of 6 graded, 1 of them now'

# Wider than an array may be: each job takes several.
status 0 "a class that is too large for an array" python3 - <<EOF
import pathlib, subprocess, sys
sys.path.insert(0, "labs")
from cohort import engines
engine = engines.Slurm(pathlib.Path("$tmp/plan"), 2500, 4,
                       pathlib.Path("$tmp/log"))
command, script = engine.command()
assert "--array=0-999%4" in command, command
script = script.replace(str(engines.ONE), "echo")
done = []
for task in range(1000):
    done += subprocess.run(["sh", "-c", script], capture_output=True,
                           text=True, check=True, env={
        "SLURM_ARRAY_TASK_ID": str(task)}).stdout.split()[1::2] \\
        if task in (0, 1, 499, 500, 999) else []
assert done == ["0", "1000", "2000", "1", "1001", "2001", "499", "1499",
                "2499", "500", "1500", "999", "1999"], done
EOF

# Interrupted, it takes its jobs with it.
rm -rf "$out"
labs/grade-all 3 "$class" --engine slurm --jobs 1 >/dev/null 2>&1 &
runner=$!
for _ in $(seq 600); do
    squeue -h | grep -q . && ls "$out"/*/graded >/dev/null 2>&1 && break
    sleep 0.1
done
kill -TERM $runner
wait $runner
ok "stopped, it ends with 143" [ $? -eq 143 ]
for _ in $(seq 600); do
    squeue -h | grep -q . || break
    sleep 0.1
done
ok "and no job stays in the queue" [ -z "$(squeue -h)" ]
rm -rf "$out"
end_daemons
status 3 "without its daemons nothing is graded" env SLURM_CONF=/dev/null \
    labs/grade-all 3 "$class" --engine slurm
matches "and what sbatch said is passed on" 'sbatch' "$tmp/err"
