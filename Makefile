# Threadbare: one file, no recursion, output in build/.
#
#   make demo     install what is missing, build, run the main comparison
#   make test     the same for the tests, then run every one
#   make help     all targets and variables

BUILD  ?= build
PREFIX ?= /usr/local
V      ?= 0
WERROR ?= 0
# SANITIZE: empty, undefined, address, or thread. Give such a build a BUILD of
# its own.
SANITIZE ?=
# STRESS: 1 has make test run the contract's tests with a switch forced at every
# call, under many seeds, and nothing else.
STRESS ?= 0
# CONTEXT: how user-level threads switch: ucontext, or asm.
CONTEXT ?= ucontext
# URING=0: build without liburing, and do without io_uring.
URING ?= 1
# For another processor: its compiler as CC, its objcopy, and what runs its
# programs here.
OBJCOPY ?= objcopy
EMULATOR ?=

# user: user-level threads on the context that CONTEXT names. user-asm: on the
# one in assembly, so that both stand side by side. gil: kernel threads, one at
# a time. process: a process per thread.
MODELS       := user user-asm kernel gil process
lib_user     := uthreads
lib_user-asm := uthreads-asm
lib_kernel   := kthreads
lib_gil      := gil
lib_process  := processes

# ---- Flags ----

OPT      ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wundef -Wformat=2 -Wcast-align
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
# The check of bools makes gcc 12 forget that one is volatile: a loop that waits
# for another thread's or a signal handler's word then never ends.
ifneq ($(SANITIZE),)
SANFLAGS := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
            -fno-sanitize=bool -fno-omit-frame-pointer
endif
# -fstack-clash-protection: without it a large frame can jump over a guard.
# -U_FORTIFY_SOURCE: a distribution's default of 2 aborts stack switching.
# -fno-plt: a call of a library's function passes through no stub of the
# program's, where a preemption would take it for the program's own code.
CODEGEN  := -fPIC -fvisibility=hidden -fstack-clash-protection -fno-plt \
            -U_FORTIFY_SOURCE
ALLFLAGS  = -std=c11 -D_GNU_SOURCE $(OPT) $(WARNINGS) $(CODEGEN) \
            -MMD -MP $(CPPFLAGS) $(CFLAGS)
LINK      = $(CC) $(OPT) $(SANFLAGS) $(LDFLAGS)

# Rooms are found by -iquote, never -I: a sched.h on the search path of <>
# would break <pthread.h>.
rooms_common   := -iquote include -iquote common
rooms_io       := $(rooms_common) -iquote io
rooms_uthreads := $(rooms_io) -iquote uthreads
rooms_kthreads := $(rooms_io) -iquote kthreads
rooms_processes := $(rooms_io) -iquote processes
rooms_demos    := -iquote include -iquote demos
rooms_cli      := -iquote include -iquote common -iquote cli

ifeq ($(V),1)
Q :=
else
Q := @
say = @printf '  %-8s %s\n' $(1) $(2)
endif

# ---- What there is ----

HEADERS  := $(wildcard include/*.h)
COMMON   := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard common/*.c))
# GDB_SECTION=1: with a section from which gdb loads our scripts.
ifeq ($(GDB_SECTION),1)
COMMON   += $(BUILD)/obj/gdb/section.o
$(BUILD)/obj/gdb/section.o: gdb/section.py
endif
CALLS    := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard io/*.c))
context_ucontext := context_ucontext.o
context_asm      := context_asm.o \
    context_$(firstword $(subst -, ,$(shell $(CC) -dumpmachine))).o
io_without_0 := io_uring.c io_sqe.c
io_without_1 := io_no_uring.c
without_context := $(patsubst uthreads/%.c,%.o,\
    $(filter-out uthreads/context_% $(io_without_$(URING):%=uthreads/%),\
        $(wildcard uthreads/*.c)))
uthreads_on = $(addprefix $(BUILD)/obj/uthreads/,\
    $(without_context) $(context_$(1)))
UTHREADS     := $(call uthreads_on,$(CONTEXT))
UTHREADS_ASM := $(call uthreads_on,asm)
# Two models of the same objects: without a global lock, and with one.
kthreads_but = $(patsubst %.c,$(BUILD)/obj/%.o,\
    $(filter-out kthreads/$(1),$(wildcard kthreads/*.c)))
KTHREADS := $(call kthreads_but,gil.c)
GIL      := $(call kthreads_but,no_gil.c)
# Where the kernel does the waiting, input and output are the same objects, and
# so is sleep.
PROCESSES := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard processes/*.c)) \
    $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out kthreads/io_close.c,\
        $(wildcard kthreads/io*.c)) \
        $(addprefix kthreads/,blocking.c figures.c interrupt.c time.c))
CLI      := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard cli/*.c))
# What has a header is what experiments share.
SHARED   := $(basename $(notdir $(wildcard demos/*.h)))
HARNESS  := $(SHARED:%=$(BUILD)/obj/demos/%.o)
DEMOS    := $(filter-out $(SHARED),\
                $(basename $(notdir $(wildcard demos/*.c))))
BUGS     := $(basename $(notdir $(wildcard demos/bugs/*.c)))
BUG_MODELS := user user-asm
DEMO_BINS := $(foreach m,$(MODELS),\
    $(DEMOS:%=$(BUILD)/demos/%-$(m))) \
    $(foreach m,$(BUG_MODELS),$(BUGS:%=$(BUILD)/demos/%-$(m)))
INSTALLED := uthreads kthreads gil processes
LIBS     := $(foreach l,$(INSTALLED),$(BUILD)/lib/lib$(l).a \
            $(BUILD)/lib/lib$(l).so)

needs_uthreads     := $(if $(filter 1,$(URING)),-luring) -pthread
needs_uthreads-asm := $(needs_uthreads)
needs_kthreads := -pthread
needs_gil      := -pthread

.PHONY: all demo test test-aarch64 test-emulated stress soak explore bench \
        bench-peers bench-io mutants labs test-labs install uninstall help \
        format check-format check-all compile-commands clean test-gdb FORCE
.DELETE_ON_ERROR:
.SECONDARY:
all: $(LIBS) $(DEMO_BINS) $(BUILD)/threadbare

# ---- What must be installed ----
# The targets that promise to install do; a plain make only says what to type.

DEPS := $(if $(filter demo test test-% explore stress soak bench mutants \
                      labs check-%,$(MAKECMDGOALS)),,--check)
$(BUILD)/deps-%: scripts/deps
	@mkdir -p $(@D)
	@CC="$(CC)" scripts/deps $(DEPS) $*
	@touch $@

# Tracers' probes are worth having, but nothing stops for the want of them.
$(BUILD)/deps-build: scripts/deps
	@mkdir -p $(@D)
	@CC="$(CC)" scripts/deps $(DEPS) build
	@CC="$(CC)" scripts/deps $(DEPS) probes || \
	    echo '  without probes: see common/probe.h'
	@touch $@

# ---- Objects ----

# The code of the user-level library stands in a section of its own, so that
# preemption can tell it from the program's. (A context's .S says so itself.
# What is unlikely has a dot at its end if clang has compiled it.)
own_text_uthreads := --rename-section .text=uthreads_text \
    --rename-section .text.unlikely=uthreads_text \
    --rename-section .text.unlikely.=uthreads_text \
    --rename-section .text.startup=uthreads_text \
    --rename-section .text.exit=uthreads_text
own_text_common   := $(own_text_uthreads)
own_text_io       := $(own_text_uthreads)

# ThreadSanitizer looks for races in the program, not in the scheduler: see
# fiber.h.
sanitized = $(if $(filter thread-common thread-io thread-uthreads,\
                          $(SANITIZE)-$(1)),\
                -DFIBER_TSAN,$(SANFLAGS))

define room_rule
$(BUILD)/obj/$(1)/%.o: $(1)/%.c Makefile | $(BUILD)/deps-build
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$$(CC) $$(ALLFLAGS) $$(call sanitized,$(1)) $$(rooms_$(1)) -c $$< -o $$@
	$$(if $$(own_text_$(1)),$$(Q)$(OBJCOPY) $$(own_text_$(1)) $$@)
endef
$(BUILD)/obj/%.o: %.S Makefile | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(ALLFLAGS) -c $< -o $@
$(foreach room,common io uthreads kthreads processes demos cli bench,\
    $(eval $(call room_rule,$(room))))

# ---- Libraries ----
# Every model exports exactly the names that the headers declare: the archive
# is one object in which all others are local, the shared library takes the
# same list as its version script.

$(BUILD)/contract.names: $(HEADERS) scripts/contract-names
	@mkdir -p $(@D)
	$(Q)scripts/contract-names $(HEADERS) > $@

$(BUILD)/contract.map: $(BUILD)/contract.names
	$(Q){ echo '{ global:'; sed 's/$$/;/' $<; echo 'local: *; };'; } > $@

define library_rule
$(BUILD)/lib/lib$(1).a: $(2) $(BUILD)/contract.names
	@mkdir -p $$(@D)
	$$(call say,AR,$$@)
	$$(Q)$$(CC) -r -nostdlib -o $$(@:.a=.o) $(2)
	$$(Q)$(OBJCOPY) --keep-global-symbols=$(BUILD)/contract.names $$(@:.a=.o)
	$$(Q)rm -f $$@ && ar rcs $$@ $$(@:.a=.o)

$(BUILD)/lib/lib$(1).so.0: $(2) $(BUILD)/contract.map
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) -shared -Wl,-soname,lib$(1).so.0 \
	    -Wl,--version-script=$(BUILD)/contract.map $(2) \
	    $(needs_$(1)) -o $$@

$(BUILD)/lib/lib$(1).so: $(BUILD)/lib/lib$(1).so.0
	$$(Q)ln -sf lib$(1).so.0 $$@
endef
$(eval $(call library_rule,uthreads,$(COMMON) $(CALLS) $(UTHREADS)))
$(eval $(call library_rule,uthreads-asm,$(COMMON) $(CALLS) $(UTHREADS_ASM)))
$(eval $(call library_rule,kthreads,$(COMMON) $(CALLS) $(KTHREADS)))
$(eval $(call library_rule,gil,$(COMMON) $(CALLS) $(GIL)))
$(eval $(call library_rule,processes,$(COMMON) $(CALLS) $(PROCESSES)))

# ---- Demos: the same object, once per model ----

define model_rule
$(BUILD)/demos/%-$(1): $(BUILD)/obj/demos/%.o $(HARNESS) \
                       $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(lib_$(1))) -ljansson -lm
endef
$(foreach m,$(MODELS),$(eval $(call model_rule,$(m))))

# The web server has parts.
HTTPD := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard demos/httpd/*.c))
$(MODELS:%=$(BUILD)/demos/httpd-%): $(HTTPD)

# The classic bugs are explored, which only user-level threads can be.
define bug_rule
$(BUGS:%=$(BUILD)/demos/%-$(1)): \
    $(BUILD)/demos/%-$(1): $(BUILD)/obj/demos/bugs/%.o $(HARNESS) \
                           $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(lib_$(1))) -ljansson -lm
endef
$(foreach m,$(BUG_MODELS),$(eval $(call bug_rule,$(m))))

# ---- The front end ----

$(BUILD)/threadbare: $(CLI) $(BUILD)/obj/common/clock.o \
    $(BUILD)/obj/common/words.o
	$(call say,LD,$@)
	$(Q)$(LINK) $^ -o $@ -ljansson -lm

# The main job: the stall, no stall, and the way out.
demo: all
	$(BUILD)/threadbare compare blocking:user blocking:kernel uring:user

# ---- Tests ----
# tests/contract is compiled once and linked with each model's library, like a
# demo. The tests of a room are linked with its raw objects, where its inner
# names can be seen. Programs are what the scripts run and look at.

rooms_tests/contract := -iquote include -iquote tests/contract
rooms_tests/programs := -iquote include
rooms_tests/explore  := $(rooms_uthreads)
rooms_tests/stress   := -iquote include -iquote tests/stress
rooms_tests/soak     := $(rooms_demos)
rooms_tests/faults   := -iquote include -iquote tests/faults
rooms_tests/demos    := -iquote include
rooms_tests/common   := $(rooms_common)
rooms_tests/uthreads := $(rooms_uthreads)
rooms_tests/kthreads := $(rooms_kthreads)
rooms_tests/gil      := $(rooms_kthreads)
rooms_tests/processes := $(rooms_processes)
rooms_tests/gdb := -iquote include
TEST_ROOMS := contract programs stress soak faults explore demos common \
    uthreads kthreads gil processes gdb
$(foreach room,$(TEST_ROOMS),\
    $(eval $(call room_rule,tests/$(room))))

# The objects of one room of tests.
tests_in = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/$(1)/*.c))

# What the contract's tests share ends with last.o, so it is linked last.
last_contract  := $(BUILD)/obj/tests/contract/last.o
contract_tests := $(filter-out $(last_contract),$(call tests_in,contract)) \
    $(last_contract)

# Programs that use no contract call are linked once.
LONERS   := deny
PROGRAMS := $(filter-out $(LONERS),\
                $(basename $(notdir $(wildcard tests/programs/*.c))))
PROGRAM_BINS := $(LONERS:%=$(BUILD)/tests/programs/%) \
    $(foreach m,$(MODELS),$(PROGRAMS:%=$(BUILD)/tests/programs/%-$(m)))
STRESS_BINS := $(foreach m,$(MODELS),\
    $(BUILD)/tests/stress/hammer-$(m) $(BUILD)/tests/stress/contract-$(m))
SOAK_MODELS := $(filter-out process,$(MODELS)) # it wants shared memory
SOAK_BINS := $(SOAK_MODELS:%=$(BUILD)/tests/soak/soak-%)
FAULT_MODELS := user kernel gil # processes are counted each for itself
FAULT_BINS := $(FAULT_MODELS:%=$(BUILD)/tests/faults-%)
TEST_BINS := $(MODELS:%=$(BUILD)/tests/contract-%) \
    $(foreach r,common uthreads kthreads gil processes,\
        $(if $(wildcard tests/$(r)/*.c),$(BUILD)/tests/$(r)))
EXPLORE_BINS := $(BUILD)/tests/explore/primitives
LIED_TO  := blocking uring pagefault nonblocking quantum-rescue download \
            responsive files dns isolation tls-errno stdio-locks overlap \
            memory-map locals census create switch footprint
LIE_BINS := $(foreach m,user kernel,$(LIED_TO:%=$(BUILD)/tests/demos/%-$(m)))
# Those that need the labs, which make test does not build: make test-labs.
LAB_PROOFS := $(filter-out tests/labs/cut.sh,$(wildcard tests/labs/*.sh)) \
    tests/labs/attacks.py tests/labs/mutants.py tests/labs/observe.py \
    tests/labs/schedules.py tests/labs/timing.py
GDB_TARGETS := $(BUILD)/tests/gdb-target \
    $(addprefix $(BUILD)/tests/gdb-target-,\
        asm O0 asm-O0 shared stripped asm-stripped kernel) \
    $(BUILD)/tests/gdb-preempted $(BUILD)/tests/gdb-preempted-asm
TOUR_MODELS := user user-asm kernel
TOURS     := $(basename $(notdir $(wildcard gdb/tours/*.c)))
TOUR_BINS := $(foreach m,$(TOUR_MODELS),$(TOURS:%=$(BUILD)/tours/%-$(m)))
TESTED := $(TEST_BINS) $(PROGRAM_BINS) $(STRESS_BINS) $(FAULT_BINS) \
    $(SOAK_BINS) $(EXPLORE_BINS) $(LIE_BINS) $(GDB_TARGETS) \
    $(TOUR_BINS)
TEST_SCRIPTS := $(filter-out $(LAB_PROOFS),$(wildcard tests/*/*.sh)) \
    tests/layers.sh tests/labs/formats.py tests/labs/hostile.py \
    $(filter-out %/lib.py %/without_openat2.py,$(wildcard tests/servers/*.py))

$(foreach r,$(TEST_ROOMS),\
    $(call tests_in,$(r))): \
    | $(BUILD)/deps-test
# One after the other: a package manager has one lock.
$(BUILD)/deps-test: | $(BUILD)/deps-build

# With an emulator, a program is a script that runs it there.
$(PROGRAM_BINS) $(STRESS_BINS) $(TEST_BINS):
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(LINK) $^ -o $@ $(needs) -lm
	$(if $(EMULATOR),$(Q)mv $@ $@.foreign && chmod +x $@.foreign && \
	    printf '#!/bin/sh\nexec %s %s "$$@"\n' '$(EMULATOR)' $@.foreign >$@ && \
	    chmod +x $@)

HAMMER := $(addprefix $(BUILD)/obj/tests/stress/,hammer.o alone.o together.o)
define model_tests
$(BUILD)/tests/contract-$(1): needs = $(needs_$(lib_$(1))) -lcriterion
$(BUILD)/tests/contract-$(1): $(contract_tests) \
                              $(BUILD)/lib/lib$(lib_$(1)).a
$(PROGRAMS:%=$(BUILD)/tests/programs/%-$(1)): needs = $(needs_$(lib_$(1)))
$(PROGRAMS:%=$(BUILD)/tests/programs/%-$(1)): \
    $(BUILD)/tests/programs/%-$(1): $(BUILD)/obj/tests/programs/%.o \
                                    $(BUILD)/lib/lib$(lib_$(1)).a
$(BUILD)/tests/stress/hammer-$(1): needs = $(needs_$(lib_$(1)))
$(BUILD)/tests/stress/hammer-$(1): $(HAMMER) \
                                   $(BUILD)/lib/lib$(lib_$(1)).a
endef
$(foreach m,$(MODELS),$(eval $(call model_tests,$(m))))

$(LONERS:%=$(BUILD)/tests/programs/%): \
    $(BUILD)/tests/programs/%: $(BUILD)/obj/tests/programs/%.o

# Every call of the contract goes by a point where the thread may change.
POINTS := $(BUILD)/obj/tests/stress/every-point.o \
          $(BUILD)/obj/tests/stress/points.o
$(BUILD)/obj/tests/stress/every-point.S: tests/stress/points.S \
                                         $(BUILD)/contract.names
	@mkdir -p $(@D)
	$(Q){ cat $<; sed 's/^/point /' $(BUILD)/contract.names; } > $@
$(BUILD)/obj/tests/stress/every-point.o: $(BUILD)/obj/tests/stress/every-point.S
	$(call say,AS,$<)
	$(Q)$(CC) $(ALLFLAGS) -c $< -o $@

define stress_tests
$(BUILD)/tests/stress/contract-$(1): needs = $(needs_$(lib_$(1))) \
    -lcriterion $$$$(sed 's/^/-Wl,--wrap=/' $(BUILD)/contract.names)
$(BUILD)/tests/stress/contract-$(1): $(contract_tests) $(POINTS) \
                                     $(BUILD)/lib/lib$(lib_$(1)).a
endef
$(foreach m,$(MODELS),$(eval $(call stress_tests,$(m))))

define soak_rule
$(BUILD)/tests/soak/soak-$(1): $(call tests_in,soak) $(HARNESS) \
                               $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(lib_$(1))) -ljansson -lm
endef
$(foreach m,$(SOAK_MODELS),$(eval $(call soak_rule,$(m))))

# What the library asks of the world goes through wrap.c, which knows best
# what it wraps.
define fault_tests
$(BUILD)/tests/faults-$(1): $(call tests_in,faults) \
                            $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ -luring -pthread \
	    $$$$(nm $(BUILD)/obj/tests/faults/wrap.o | \
	         sed -n 's/.* T __wrap_/-Wl,--wrap=/p')
endef
$(foreach m,$(FAULT_MODELS),$(eval $(call fault_tests,$(m))))

# Demos whose model tells them the opposite of what it is: see lie.c.
define lie_tests
$(BUILD)/tests/demos/%-$(1): $(BUILD)/obj/demos/%.o $(HARNESS) \
                             $(BUILD)/obj/tests/demos/lie.o \
                             $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -Wl,--wrap=thread_model -o $$@ \
	    $(needs_$(lib_$(1))) -ljansson -lm
endef
$(foreach m,user kernel,$(eval $(call lie_tests,$(m))))

define room_tests
$(BUILD)/tests/$(1): needs = $(needs_$(1)) -lcriterion
$(BUILD)/tests/$(1): $(call tests_in,$(1)) $(2)
endef
$(eval $(call room_tests,common,$(COMMON)))
$(eval $(call room_tests,uthreads,$(COMMON) $(CALLS) $(UTHREADS)))
$(eval $(call room_tests,kthreads,$(COMMON) $(CALLS) $(KTHREADS)))
$(eval $(call room_tests,gil,$(COMMON) $(CALLS) $(GIL)))
$(eval $(call room_tests,processes,$(COMMON) $(CALLS) $(PROCESSES)))

# What gdb is tried on: one program, in each way in which a debugger may meet
# it. -O0: the program and the library, without optimisation.
define gdb_target_rule
$(BUILD)/tests/gdb-$(1)$(2): $(BUILD)/obj/tests/gdb/$(1).o \
                             $(BUILD)/lib/lib$(3).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(3))
$(BUILD)/tests/gdb-$(1)$(2)-stripped: $(BUILD)/tests/gdb-$(1)$(2)
	$$(call say,STRIP,$$@)
	$$(Q)$(OBJCOPY) --strip-all $$< $$@
endef
$(foreach program,target preempted,\
    $(eval $(call gdb_target_rule,$(program),,uthreads)) \
    $(eval $(call gdb_target_rule,$(program),-asm,uthreads-asm)))
$(eval $(call gdb_target_rule,target,-kernel,kthreads))

$(BUILD)/tests/gdb-target-shared: $(BUILD)/obj/tests/gdb/target.o \
                                  $(BUILD)/lib/libuthreads.so
	$(call say,LD,$@)
	$(Q)$(LINK) $< -o $@ -L$(BUILD)/lib -luthreads \
	    -Wl,-rpath,'$$ORIGIN/../lib'

$(BUILD)/tests/gdb-target-O0: $(BUILD)/O0/tests/gdb-target
	$(Q)cp $< $@
$(BUILD)/tests/gdb-target-asm-O0: $(BUILD)/O0/tests/gdb-target-asm
	$(Q)cp $< $@
# One after the other: both make the same objects.
$(BUILD)/O0/tests/gdb-target-asm: $(BUILD)/O0/tests/gdb-target
$(BUILD)/O0/tests/gdb-target $(BUILD)/O0/tests/gdb-target-asm: FORCE
	@mkdir -p $(BUILD)/O0
	@touch $(BUILD)/O0/deps-build $(BUILD)/O0/deps-test
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/O0 OPT='-O0 -g' $@

# The programs of the guided tours.
rooms_gdb/tours := -iquote include
$(eval $(call room_rule,gdb/tours))
define tour_rule
$(BUILD)/tours/%-$(1): $(BUILD)/obj/gdb/tours/%.o \
                       $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(lib_$(1)))
endef
$(foreach m,$(TOUR_MODELS),$(eval $(call tour_rule,$(m))))

# What gdb shows of user-level threads; a part of make test.
test-gdb: $(BUILD)/deps-test $(GDB_TARGETS) $(TOUR_BINS) \
    $(BUILD)/demos/blocking-user $(BUILD)/demos/blocking-kernel \
    $(filter $(addprefix $(BUILD)/tests/programs/,\
        laps-% steps-% deadlock-% overflow-%),\
        $(PROGRAM_BINS))
	@BUILD=$(BUILD) tests/run $(if $(T),--only $(T)) \
	    $(wildcard tests/gdb/*.sh)

# The scripts that run plain programs, and nothing that only this machine has.
EMULATED := $(addprefix tests/process/,context.sh end.sh deadlock.sh \
                overflow.sh settings.sh)

# Everything, or with T=part those programs whose name has that part in it.
ifneq ($(STRESS),1)
test: $(BUILD)/deps-test all $(TESTED)
	@BUILD=$(BUILD) MAKE=$(MAKE) tests/run $(if $(T),--only $(T)) \
	    $(TEST_BINS) $(TEST_SCRIPTS)
else
test: $(BUILD)/deps-test $(STRESS_BINS)
	@BUILD=$(BUILD) STRESS_SEEDS=20 tests/run --limit 900 \
	    tests/stress/points.sh tests/stress/points-kernels.sh
endif

# The programs on another processor, emulated: both contexts, and the kernel's.
test-aarch64: $(BUILD)/deps-aarch64
	@mkdir -p $(BUILD)/aarch64
	@touch $(BUILD)/aarch64/deps-build $(BUILD)/aarch64/deps-test
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/aarch64 URING=0 \
	    CC=aarch64-linux-gnu-gcc OBJCOPY=aarch64-linux-gnu-objcopy \
	    EMULATOR='qemu-aarch64 -L /usr/aarch64-linux-gnu' test-emulated

test-emulated: $(PROGRAM_BINS)
	@BUILD=$(BUILD) MAKE=$(MAKE) tests/run $(EMULATED)

# One minute under preemption at 10 kHz, a model; a million parked threads.
stress: $(BUILD)/deps-test $(STRESS_BINS) \
    $(BUILD)/tests/programs/parked-user \
    $(BUILD)/tests/programs/parked-user-asm
	@BUILD=$(BUILD) STRESS_SECONDS=60 tests/stress/hammer.sh
	@BUILD=$(BUILD) STRESS_SECONDS=60 tests/stress/parked.sh

# A server and its clients, with faults, for SOAK_S seconds: nothing is lost.
SOAK_S ?= 300
soak: $(BUILD)/deps-test $(SOAK_BINS) \
    $(BUILD)/tests/programs/properties-user-asm
	@BUILD=$(BUILD) SOAK_S=$(SOAK_S) tests/soak/soak.sh

# The explorer: the classic bugs are found, their cures hold, and our own
# primitives stand a million schedules each.
$(EXPLORE_BINS): $(call tests_in,explore) $(COMMON) $(CALLS) $(UTHREADS_ASM)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(LINK) $^ -o $@ $(needs_uthreads) -pthread

explore: $(BUILD)/deps-test all $(EXPLORE_BINS)
	@BUILD=$(BUILD) tests/explore/bugs.sh
	$(BUILD)/tests/explore/primitives

# Each planted bug must be found by the suite.
mutants: $(BUILD)/deps-test
	@BUILD=$(BUILD) MAKE=$(MAKE) tests/mutants/run

# ---- Benchmarks ----
# Programs that measure; none of them is a test. Inner headers are allowed:
# they measure the library from inside as well.

rooms_bench := $(rooms_uthreads) -iquote bench
BENCHES  := $(filter-out rounds,$(basename $(notdir $(wildcard bench/*.c))))

$(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BUILD)/obj/bench/rounds.o \
                  $(COMMON) $(CALLS) $(UTHREADS)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(LINK) $^ -o $@ $(needs_uthreads) -pthread -ljansson

bench: $(BENCHES:%=$(BUILD)/bench/%)
	@for b in $^; do $$b && $$b --json > $$b.json && \
	    echo "  as JSON: $$b.json" || exit 1; done

# Beside other people's threads. The peers' own packages are installed only
# for this, and a peer that cannot be had or built becomes a program that says
# why and skips.

PEERS      := $(BUILD)/bench/peers
OUR_PEERS  := $(MODELS:%=$(PEERS)/ours-%)
BARE_PEERS := $(PEERS)/bare-asm $(PEERS)/bare-ucontext
FOREIGN    := $(addprefix $(PEERS)/,shortest pthreads st st-no-mutex pth pcl \
                  fiber context go)
rooms_bench/peers := -iquote include -iquote uthreads -iquote bench/peers
$(eval $(call room_rule,bench/peers))

$(BUILD)/deps-peers: scripts/deps
	@mkdir -p $(@D)
	@if CC="$(CC)" scripts/deps peers; then touch $@; \
	    else echo '  without some of the peers'; fi

define our_peer
$(PEERS)/ours-$(1): $(BUILD)/obj/bench/peers/ours.o \
                    $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(lib_$(1)))
endef
$(foreach m,$(MODELS),$(eval $(call our_peer,$(m))))

$(BARE_PEERS): $(PEERS)/bare-%: $(BUILD)/obj/bench/peers/bare.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(LINK) $^ -o $@
$(PEERS)/bare-asm: $(addprefix $(BUILD)/obj/uthreads/,$(context_asm))
$(PEERS)/bare-ucontext: $(BUILD)/obj/uthreads/$(context_ucontext)

# How each of the others is made of its source.
peer_c   = $(CC) -std=gnu11 -O2 -iquote uthreads $^ -o $@
peer_c++ = $(CXX) -std=c++17 -O2 $^ -o $@
make_shortest = $(peer_c)
make_pthreads = $(peer_c) -pthread
make_st       = $(peer_c) -lst
make_st-no-mutex = $(peer_c) -DNO_MUTEX -lst
make_pth      = $(peer_c) -lpth
make_pcl      = $(peer_c) -lpcl
make_fiber    = $(peer_c++) -lboost_fiber -lboost_context -pthread
make_context  = $(peer_c++) -lboost_context -pthread
make_go       = GOCACHE=$(abspath $(PEERS))/go-cache GO111MODULE=off \
                go build -o $@ $^
$(PEERS)/shortest: bench/peers/bare.c bench/peers/shortest.c
$(PEERS)/fiber $(PEERS)/context: $(PEERS)/%: bench/peers/%.cpp
$(PEERS)/go: bench/peers/peers.go
$(addprefix $(PEERS)/,pthreads st pth pcl): $(PEERS)/%: bench/peers/%.c
$(PEERS)/st-no-mutex: bench/peers/st.c
$(FOREIGN): | $(BUILD)/deps-peers
	@mkdir -p $(@D)
	$(call say,PEER,$@)
	$(Q)$(call or_skip,$(make_$(@F)))

# A command that makes $@, or in its place a program that says why and skips.
or_skip = { $(1); } >$@.log 2>&1 || { \
    printf '%s\n' '\#!/bin/sh' 'echo "not built: see $@.log" >&2' \
        'exit 77' >$@ && chmod +x $@; }

bench-peers: $(OUR_PEERS) $(BARE_PEERS) $(FOREIGN)
	@bench/peers/compare --json $(PEERS).json $(if $(MILLION),--million) \
	    'floor:the shortest correct switch=$(PEERS)/shortest' \
	    'variant:bare, context_ucontext=$(PEERS)/bare-ucontext' \
	    "ours:threadbare's switch, asm=$(PEERS)/bare-asm" \
	    'ours:threadbare, asm=$(PEERS)/ours-user-asm' \
	    'variant:threadbare, ucontext=$(PEERS)/ours-user' \
	    'variant:threadbare, kernel threads=$(PEERS)/ours-kernel' \
	    'peer:pthreads=$(PEERS)/pthreads' 'peer:State Threads=$(PEERS)/st' \
	    'variant:State Threads, no mutex=$(PEERS)/st-no-mutex' \
	    'peer:GNU Pth=$(PEERS)/pth' 'peer:pcl=$(PEERS)/pcl' \
	    'peer:Boost.Fiber=$(PEERS)/fiber' \
	    'peer:Boost.Context=$(PEERS)/context' 'language:Go=$(PEERS)/go' \
	    'language:LuaJIT=luajit bench/peers/peers.lua'

# Input and output: servers, files, and what a wait costs. PAIRS=5 for a quick
# look, CONNECTIONS=1,100 or PARTS=echo for a part of it.

IO         := $(BUILD)/bench/io
OUR_IO     := $(foreach m,user-asm kernel,$(addsuffix -$(m),\
                  $(IO)/echo-ours $(IO)/reads-ours $(IO)/trip-ours \
                  $(IO)/ticker))
FOREIGN_IO := $(addprefix $(IO)/,load echo-epoll echo-uring echo-pthreads \
                  echo-st echo-uv echo-go web-go reads-uring \
                  reads-pthreads trip-uring)
rooms_bench/io := -iquote include -iquote bench/io
$(eval $(call room_rule,bench/io))

$(BUILD)/deps-io: scripts/deps
	@mkdir -p $(@D)
	@if CC="$(CC)" scripts/deps io; then touch $@; \
	    else echo '  without some of the peers'; fi

define our_io
$(IO)/%-$(1): $(BUILD)/obj/bench/io/%.o $(BUILD)/lib/lib$(lib_$(1)).a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) $$^ -o $$@ $(needs_$(lib_$(1)))
endef
$(foreach m,$(MODELS),$(eval $(call our_io,$(m))))
$(IO)/ticker-user-asm $(IO)/ticker-kernel: $(BUILD)/obj/bench/io/waits.o

io_c = $(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(filter %.c,$^) -o $@
make_load           = $(io_c)
make_echo-epoll     = $(io_c)
make_echo-pthreads  = $(io_c) -pthread
make_echo-uring     = $(io_c) -luring
make_echo-st        = $(io_c) -lst
make_echo-uv        = $(io_c) -luv
make_echo-go        = $(make_go)
make_web-go         = $(make_go)
make_reads-uring    = $(io_c) -luring
make_reads-pthreads = $(io_c) -pthread
make_trip-uring     = $(io_c) -luring
$(IO)/echo-go $(IO)/web-go: $(IO)/%-go: bench/io/%.go
$(filter-out %-go,$(FOREIGN_IO)): \
    $(IO)/%: bench/io/%.c $(wildcard bench/io/*.h)
$(FOREIGN_IO): | $(BUILD)/deps-io
	@mkdir -p $(@D)
	$(call say,PEER,$@)
	$(Q)$(call or_skip,$(make_$(@F)))

bench-io: $(OUR_IO) $(FOREIGN_IO) $(BUILD)/demos/httpd-user-asm \
    $(BUILD)/demos/httpd-kernel
	@bench/io/run --json $(IO).json --pairs $(or $(PAIRS),25) \
	    $(if $(CONNECTIONS),--connections $(CONNECTIONS)) \
	    $(if $(PARTS),--parts $(PARTS)) $(IO)

# ---- Labs ----
# What students and staff are given, and what grading needs: build/labs. The
# library they are linked with does without io_uring, so that a program is one
# file and asks for nothing; but for the lab that is about io_uring.

LABS_MADE   := $(patsubst %/lab.json,%,$(wildcard labs/*/lab.json))
LAB_OBJECTS := $(COMMON) $(CALLS) $(addprefix $(BUILD)/obj/uthreads/,\
    $(filter-out $(io_without_0:%.c=%.o) io_no_uring.o,$(without_context)) \
    $(io_without_0:%.c=%.o) io_no_uring.o \
    $(context_ucontext) $(context_asm)) $(KTHREADS)
LAB_FILES   := $(shell find labs -type f -not -name '*.pyc')

labs: $(BUILD)/labs/made
$(BUILD)/labs/made: $(BUILD)/contract.names $(LAB_OBJECTS) $(HEADERS) $(LAB_FILES) \
    | $(BUILD)/deps-labs
	@mkdir -p $(@D)
	@labs/pack --build $(BUILD) --cc "$(CC)" $(LAB_OBJECTS)
	@touch $@

test-labs: $(BUILD)/deps-test labs $(BUILD)/tests/programs/deny
	@BUILD=$(BUILD) MAKE=$(MAKE) tests/run --limit 7200 tests/labs/cut.sh \
	    tests/labs/formats.py tests/labs/hostile.py $(LAB_PROOFS)

# ---- Installing ----

DESTDIR ?=
VERSION := $(shell sed -n 's/.*THREADBARE_VERSION "\(.*\)".*/\1/p' cli/main.c)
to       = $(DESTDIR)$(PREFIX)
MAN      := $(wildcard docs/man/*.[137])
# NAME.3:PAGE.3 for each call that is described on a page of another name.
MAN_LINKS = $(shell scripts/man-links $(MAN))

MAN_FILES = $(foreach m,$(MAN),man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
    $(foreach l,$(MAN_LINKS),man3/$(firstword $(subst :, ,$(l))))

# gdb's scripts, and where gdb looks for those that belong to a library: it
# trusts that directory, and takes the library's own path below it.
GDB_AUTOLOAD ?= /usr/share/gdb/auto-load
GDB_SCRIPTS  := gdb/uthreads.py gdb/lldb_uthreads.py
GDB_PACKAGE  := $(wildcard gdb/threadbare/*.py)
GDB_PROGRAMS := gdb/utgdb gdb/uthread-core gdb/uthread-proxy
scripts      = $(to)/share/threadbare/gdb
autoload     = $(DESTDIR)$(GDB_AUTOLOAD)$(PREFIX)/lib
AUTOLOADED   = $(INSTALLED:%=$(autoload)/lib%.so.0-gdb.py)

define install_autoload
if install -d $(autoload) 2>/dev/null && [ -w $(autoload) ]; then \
    for l in $(AUTOLOADED); do printf '%s\n' 'import sys' \
        'if "threadbare" not in sys.modules:' \
        '    sys.path.insert(0, "$(PREFIX)/share/threadbare/gdb")' \
        '    import uthreads' >$$l || exit 1; done; \
else \
    echo '  no right to write to $(GDB_AUTOLOAD): gdb will not find its' \
        'scripts by itself; use $(PREFIX)/bin/utgdb'; \
fi
endef

# The .pc file of a library: uthreads.pc, kthreads.pc.
define pkgconfig
printf '%s\n' 'prefix=$(PREFIX)' 'Name: $(1)' \
    'Description: Threadbare threads, $(2)' 'Version: $(VERSION)' \
    'Cflags: -I$${prefix}/include' \
    'Libs: -L$${prefix}/lib -l$(1)' 'Libs.private: $(needs_$(1))' \
    > $(to)/lib/pkgconfig/$(1).pc
endef

install: all
	install -d $(to)/bin $(to)/include/threadbare $(to)/lib/pkgconfig \
	    $(to)/libexec/threadbare/demos $(to)/share/man/man1 \
	    $(to)/share/man/man3 $(to)/share/man/man7
	install -m 644 $(HEADERS) $(to)/include/threadbare
	install -m 644 $(LIBS:%.so=%.so.0) $(to)/lib
	for l in $(INSTALLED); do ln -sf lib$$l.so.0 $(to)/lib/lib$$l.so; done
	@$(call pkgconfig,uthreads,user-level (many-to-one))
	@$(call pkgconfig,kthreads,kernel-level (one-to-one))
	@$(call pkgconfig,gil,kernel-level (under a global lock))
	@$(call pkgconfig,processes,a process per thread)
	install $(BUILD)/threadbare $(to)/bin
	install -d $(scripts)/threadbare
	install -m 644 $(GDB_SCRIPTS) $(scripts)
	install -m 644 $(GDB_PACKAGE) $(scripts)/threadbare
	install $(GDB_PROGRAMS) $(scripts)
	for p in $(notdir $(GDB_PROGRAMS)); do \
	    ln -sf ../share/threadbare/gdb/$$p $(to)/bin/$$p || exit 1; done
	@$(install_autoload)
	install $(DEMO_BINS) $(to)/libexec/threadbare/demos
	for m in $(MAN); do \
	    install -m 644 $$m $(to)/share/man/man$${m##*.} || exit 1; done
	@for l in $(MAN_LINKS); do \
	    echo ".so man3/$${l#*:}" > $(to)/share/man/man3/$${l%:*} || exit 1; \
	done

uninstall:
	rm -f $(HEADERS:include/%=$(to)/include/threadbare/%) \
	    $(foreach l,$(INSTALLED),$(to)/lib/lib$(l).a \
	        $(to)/lib/lib$(l).so $(to)/lib/lib$(l).so.0 \
	        $(to)/lib/pkgconfig/$(l).pc) \
	    $(to)/bin/threadbare $(GDB_PROGRAMS:gdb/%=$(to)/bin/%) \
	    $(GDB_SCRIPTS:gdb/%=$(scripts)/%) \
	    $(GDB_PROGRAMS:gdb/%=$(scripts)/%) \
	    $(GDB_PACKAGE:gdb/%=$(scripts)/%) $(AUTOLOADED) \
	    $(DEMO_BINS:$(BUILD)/%=$(to)/libexec/threadbare/%) \
	    $(MAN_FILES:%=$(to)/share/man/%)
	rm -rf $(scripts)/threadbare/__pycache__
	-cd $(DESTDIR)$(GDB_AUTOLOAD) && rmdir -p .$(PREFIX)/lib
	-rmdir $(scripts)/threadbare $(scripts) $(to)/share/threadbare
	-rmdir $(to)/include/threadbare $(to)/libexec/threadbare/demos \
	    $(to)/libexec/threadbare

# ---- Housekeeping ----

SOURCES := $(wildcard $(addsuffix /*.[ch],include common io uthreads kthreads \
               processes demos demos/bugs demos/httpd cli bench bench/io \
               gdb/tours tests/* labs/harness labs/*/tests/* \
               labs/*/experiments))

format:
	clang-format -i $(SOURCES)

check-format: $(BUILD)/deps-check
	$(Q)clang-format --dry-run --Werror $(SOURCES)

# What an editor or clangd needs, of every source file, whichever way it is
# built; made by make itself.
compile-commands:
	$(Q)for v in CONTEXT=ucontext CONTEXT=asm URING=0; do \
	    $(MAKE) -nB V=1 $$v all $(TESTED) \
	        $(BENCHES:%=$(BUILD)/bench/%) 2>/dev/null; \
	done | scripts/compile-commands > compile_commands.json

# What must hold before a change lands, beside the tests.
check-all: test mutants check-format
	$(MAKE) BUILD=$(BUILD)/clang CC=clang WERROR=1 all
	$(MAKE) BUILD=$(BUILD)/gcc CC=gcc WERROR=1 all

clean:
	rm -rf $(BUILD) compile_commands.json

help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

#: make                 build everything; needs no network
#: make demo            install what is missing, build, compare the main demo
#: make test            install, build, run every test    (T=part of a name)
#: make test-gdb        those of them that try gdb
#: make explore         the explorer finds the classic bugs, and none in us
#: make stress          a minute of everything at once under preemption
#: make soak            SOAK_S seconds (300) of a server and its clients, with
#:                      faults: nothing is lost, nothing is left
#: make mutants         plant bugs one by one: the tests must find each
#: make bench           measure; a table, and JSON in build/bench/
#: make bench-peers     the same work beside other thread libraries and Go
#:                      (MILLION=1: memory of a million threads as well)
#: make bench-io        servers, files and waits beside others (PAIRS=25)
#: make labs            what students and staff are given: build/labs/*.tar.gz
#: make test-labs       the labs' own proofs: references, mutants, attacks
#: make install         into PREFIX (/usr/local), below DESTDIR if given
#: make uninstall       take that away again
#: make format          clang-format all sources        (check-format: look)
#: make compile-commands  compile_commands.json, for editors
#: make test-aarch64    the programs on 64-bit Arm, emulated
#: make check-all       what must hold before a change lands
#: make clean           remove build/
#:
#: Variables: GDB_SECTION=1 (programs bring gdb our scripts: docs/gdb.md)
#:            STRESS=1 (make test: a switch forced at every call, 20 seeds)
#:            CC=gcc|clang  CONTEXT=ucontext|asm
#:            SANITIZE=undefined|address|thread
#:            WERROR=1  V=1  BUILD=dir  PREFIX=dir  DESTDIR=dir

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
