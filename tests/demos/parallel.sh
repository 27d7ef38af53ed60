#!/bin/sh
# SPDX-License-Identifier: MIT
# Threads are faster together on several CPUs, if their model can use them.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 15

speed_up='.measured.speed_up.value'
cpus='.measured.cpus.value'

shows as-predicted parallel user "$demos/parallel-user" --json
holds "user: there is no speed-up" "$speed_up < 1.25"

if shows_if_it_can parallel kernel; then
    holds "kernel: there is one" "$speed_up >= 0.65 * ([$cpus, 8] | min)"
else
    skip "kernel: there is one" "$reason"
fi

# On one CPU nobody can be faster, and that says nothing of the model.
if command -v taskset >/dev/null; then
    first=$(taskset -cp $$ | sed 's/.*[: ]\([0-9]*\).*/\1/')
    shows skip parallel kernel taskset -c "$first" "$demos/parallel-kernel" \
        --json
    holds "one CPU: that is the reason" '.reason | startswith("1 CPU")'
    shows as-predicted parallel user taskset -c "$first" \
        "$demos/parallel-user" --json
    holds "user: one CPU is counted" "$cpus == 1"
else
    for check in status form reason status form count; do
        skip "one CPU: $check" "there is no taskset"
    done
fi

# A control group's quota counts as fewer CPUs. Version 1, then version 2.
group=
for root in /sys/fs/cgroup/cpu /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup; do
    mkdir "$root/threadbare.$$" 2>/dev/null || continue
    group=$root/threadbare.$$
    { echo 50000 >"$group/cpu.cfs_quota_us" ||
        echo 50000 100000 >"$group/cpu.max"; } 2>/dev/null && break
    rmdir "$group"
    group=
done
if [ "$group" ]; then
    shows skip parallel kernel sh -c \
        "echo \$\$ >$group/cgroup.procs && exec $demos/parallel-kernel --json"
    holds "half a CPU of quota: that is the reason" \
        '.reason | startswith("0.5 CPU")'
    rmdir "$group"
else
    for check in status form reason; do
        skip "half a CPU of quota: $check" "we may not make a control group"
    done
fi
