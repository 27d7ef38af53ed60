#!/bin/sh
# SPDX-License-Identifier: MIT
# The experiments about what textbooks say of threads: each finds on every model
# what it predicts from the model's properties, and the numbers that this rests
# on are what the claim is about.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc

experiments="overlap concurrency census memory-map locals execution-context
race interrupt fairness workers nondeterminism create switch footprint
responsive"
models="user kernel gil process"
# Their other models have scripts of their own.
processes="dns files nonblocking pagefault quantum-rescue download sleepers"
plan $((2 * $(echo $experiments | wc -w) * $(echo $models | wc -w) +
    2 * $(echo $processes | wc -w) + 16))

value() { echo ".measured.$1.value"; }

# What the claim is about, where it is not the verdict's own condition.
also() { # DEMO MODEL
    case $1-$2 in
    overlap-user)
        holds "user: waits by read(2) are in turn" \
            "$(value overlap_by_read) < 1.1"
        if jq -e '.variant | contains("uring")' "$tmp/out" >/dev/null; then
            holds "user: waits by thread_read overlap" \
                "$(value overlap_by_thread_read) > 1.6"
        else
            skip "user: waits by thread_read overlap" "there is no io_uring"
        fi ;;
    overlap-gil)
        holds "gil: waits by thread_read overlap" \
            "$(value overlap_by_thread_read) > 1.6"
        holds "gil: waits by read(2) do not" "$(value overlap_by_read) < 1.1" ;;
    census-kernel)
        holds "kernel: /proc lists each thread" \
            "$(value in_proc_self_task) == 11" ;;
    memory-map-user)
        holds "user: both stores arrived" "$(value stores_arrived) == 2" ;;
    race-user)
        holds "user: with a switch in the middle updates are lost" \
            "$(value window_off_by) > 0" ;;
    race-gil)
        holds "gil: nothing is lost where no call is" \
            "$(value bare_off_by) == 0" ;;
    nondeterminism-user)
        holds "user: one seed, one order" \
            "$(value orders_with_one_seed) == 1" ;;
    interrupt-gil)
        holds "gil: a checkpoint lets the other in, and nothing else does" \
            "$(value runs_beside_checkpoints) == 1 and
             $(value runs_beside_no_call) == 0" ;;
    fairness-user)
        holds "user: nobody else has a share" "$(value smallest_share) == 0" ;;
    fairness-gil)
        holds "gil: nobody goes without" "$(value smallest_share) > 0" ;;
    esac
}

for demo in $experiments; do
    for model in $models; do
        shows_if_it_can "$demo" "$model"
        also "$demo" "$model"
    done
done
for demo in $processes; do
    shows_if_it_can "$demo" process
done

shows as-predicted responsive user \
    env UTHREADS_IO=blocking "$demos/responsive-user" --json
holds "the blocking engine: a key waits, however many threads there are" \
    "$(value key_waits_with_two_threads) >= 0.5 * $(value pause)"
holds "and that was predicted" '.predicted | contains("they do as well")'
