# SPDX-License-Identifier: MIT
# 4-lost-update.gdb - a number is wrong: back in time, to who made it so.
# program: tours/account-user-asm
# environment: GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX,-BMI2
# environment: LD_BIND_NOW=1

tell Alice pays in 1, and bob 2. The balance is 2. An addition was lost, and \
who lost it has long gone on. So we let gdb record every instruction, and go \
back. (The program's environment keeps glibc from instructions that gdb \
cannot record.)

type break thread_create
type run
type delete
type record full
type break audit
type continue
python expect(r"audit", "both deposits are made")
type print balance
python expect(r"= 2$", "an addition was lost")

tell Who changed it last? A watchpoint, in software, since the processor's \
own do not know of the past; and backwards:

type set can-use-hw-watchpoints 0
type watch balance
type reverse-continue
python expect(r"Old value = 2\s+New value = 1", "the last change, undone")
type print $uthread_name()
python expect(r'"bob"', "it was bob")
type bt 2
type print seen
python expect(r"= 0$", "bob had seen 0")

tell Bob added his 2 to the 0 that he had seen, although the balance is 1 by \
now. Who made it so, after bob had looked?

type reverse-continue
python expect(r"Old value = 1\s+New value = 0", "the change before that")
type print $uthread_name()
python expect(r'"alice"', "it was alice")

tell Alice. Her addition came between bob's look and his writing: it is the \
one that is lost. Where was bob at that moment?

type uthread bob
type bt
python expect(r"context_switch", "bob had given up the CPU")
python expect(r"deposit .*account.c:16", "in the middle of his deposit")
over
