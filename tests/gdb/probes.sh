#!/bin/sh
# SPDX-License-Identifier: MIT
# A tracer finds the probes, and is told the truth at each: see common/probe.h.
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2034 # lib.sh reads it
limit=120
command -v gdb >/dev/null || skip_all "gdb is not installed"
readelf -n "$BUILD/obj/uthreads/sched.o" | grep -q stapsdt ||
    skip_all "built without <sys/sdt.h>, so there are no probes"
plan 19

# Each passage of a probe is a line.
cat >"$tmp/probes.gdb" <<'END'
set pagination off
set confirm off
set debuginfod enabled off
set print thread-events off
break -probe-stap threadbare:create
commands
silent
printf "create %lu by %lu %s\n", $_probe_arg0, $_probe_arg1, (char *)$_probe_arg2
continue
end
break -probe-stap threadbare:block
commands
silent
printf "block %lu kind %d\n", $_probe_arg0, $_probe_arg1
continue
end
break -probe-stap threadbare:wake
commands
silent
printf "wake %lu\n", $_probe_arg0
continue
end
break -probe-stap threadbare:exit
commands
silent
printf "exit %lu\n", $_probe_arg0
continue
end
run
END
{ sed '/^run/d' "$tmp/probes.gdb" && cat <<'END'
break -probe-stap threadbare:switch
commands
silent
printf "switch %lu to %lu\n", $_probe_arg0, $_probe_arg1
continue
end
run
END
} >"$tmp/switches.gdb"

# watch MODEL COMMANDS: the program of the walk, see tests/programs/steps.c.
watch() {
    status 0 "$1: gdb stops at each probe, and the program runs to its end" \
        gdb -nx -q -batch -x "$tmp/$2.gdb" "$BUILD/tests/programs/steps-$1"
}

for model in user user-asm; do
    watch $model switches
    matches "$model: main creates the second thread" '^create 2 by 1'
    matches "$model: a switch is from one to the other" '^switch 2 to 3$'
    matches "$model: the semaphore's waiter blocks" '^block 2 kind 5$'
    matches "$model: and is woken" '^wake 2$'
    matches "$model: main goes on after its joined thread" '^switch [0-9]+ to 1$'
    matches "$model: each says that it ends" '^exit 3$'
done
watch kernel probes
matches "kernel: main creates the second thread" '^create 2 by 1'
matches "kernel: a sleeper blocks" '^block 2 kind 2$'
matches "kernel: each says that it ends" '^exit 2$'
lacks "kernel: nobody here switches it" '^switch'
