/* SPDX-License-Identifier: MIT */
/* sync_rwlock.c - reader-writer locks: the fourth part of sync.h. */
#include "contract.h"

static void *
read_lock(void *lock)
{
    return NUMBER(rwlock_rdlock(lock));
}

static void *
write_lock(void *lock)
{
    return NUMBER(rwlock_wrlock(lock));
}

static void *
unlock(void *lock)
{
    return NUMBER(rwlock_unlock(lock));
}

static void *
write_within_10_ms(void *lock)
{
    return NUMBER(rwlock_wrlock_until(lock, in_ms(10)));
}

/* What a call in another thread returns. */
static int
elsewhere(void *(*fn)(void *), struct rwlock *lock)
{
    return (int)VALUE(join(spawn(fn, lock)));
}

static void *
try_read(void *lock)
{
    return NUMBER(rwlock_tryrdlock(lock));
}

static void *
try_write(void *lock)
{
    return NUMBER(rwlock_trywrlock(lock));
}

/* ---- Who holds it together with whom ---- */

Test(rwlock, all_zero_bytes_is_an_unlocked_one, .timeout = 10)
{
    SHARED struct rwlock zero;
    cr_assert_eq(rwlock_wrlock(&zero), 0);
    cr_assert_eq(rwlock_unlock(&zero), 0);
    cr_assert_eq(rwlock_destroy(&zero), 0);
}

Test(rwlock, init_makes_one_of_memory_in_any_state, .timeout = 10)
{
    SHARED struct rwlock l;
    memset(&l, 0xa5, sizeof l);
    cr_assert_eq(rwlock_init(&l), 0);
    cr_assert_eq(rwlock_trywrlock(&l), 0);
    cr_assert_eq(rwlock_unlock(&l), 0);
    cr_assert_eq(rwlock_destroy(&l), 0);
}

Test(rwlock, readers_hold_it_together, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    cr_assert_eq(rwlock_rdlock(&l), 0);
    cr_assert_eq(elsewhere(read_lock, &l), 0);
    cr_assert_eq(elsewhere(try_read, &l), 0);
    for (int readers = 3; readers > 0; readers--) {
        cr_assert_eq(elsewhere(try_write, &l), EBUSY);
        cr_assert_eq(rwlock_unlock(&l), 0);
    }
    cr_assert_eq(elsewhere(try_write, &l), 0);
}

Test(rwlock, a_writer_holds_it_alone, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    cr_assert_eq(rwlock_wrlock(&l), 0);
    cr_assert_eq(elsewhere(try_read, &l), EBUSY);
    cr_assert_eq(elsewhere(try_write, &l), EBUSY);
    cr_assert_eq(rwlock_unlock(&l), 0);
    cr_assert_eq(elsewhere(try_write, &l), 0);
}

SHARED struct rwlock shared;
SHARED int together, most_together;
SHARED bool writing, broken;

/* Come and go, now to read and now to write, and look who else is there. */
static void *
come_and_go(void *number)
{
    for (unsigned i = 0; i < 300; i++) {
        bool write = (i + VALUE(number)) % 4 == 0;
        write ? rwlock_wrlock(&shared) : rwlock_rdlock(&shared);
        int now = __atomic_add_fetch(&together, 1, __ATOMIC_SEQ_CST);
        if (write ? now != 1 : __atomic_load_n(&writing, __ATOMIC_SEQ_CST))
            __atomic_store_n(&broken, true, __ATOMIC_SEQ_CST);
        if (now > __atomic_load_n(&most_together, __ATOMIC_SEQ_CST))
            __atomic_store_n(&most_together, now, __ATOMIC_SEQ_CST);
        __atomic_store_n(&writing, write, __ATOMIC_SEQ_CST);
        thread_yield();
        __atomic_store_n(&writing, false, __ATOMIC_SEQ_CST);
        __atomic_sub_fetch(&together, 1, __ATOMIC_SEQ_CST);
        rwlock_unlock(&shared);
    }
    return NULL;
}

Test(rwlock, nobody_is_ever_in_there_with_a_writer, .timeout = 30)
{
    thread_t threads[6];
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(come_and_go, NUMBER(i));
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    cr_assert_not(broken);
    cr_assert_gt(most_together, 1, "readers did meet");
}

/* ---- Who waits, and in which order ---- */

Test(rwlock, a_waiting_writer_is_next, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    rwlock_rdlock(&l);
    thread_t writer = spawn(write_lock, &l);
    await_blocked(writer, THREAD_WAIT_RWLOCK);
    cr_assert_eq(elsewhere(try_read, &l), EBUSY, "no reader overtakes it");
    thread_t reader = spawn(read_lock, &l);
    await_blocked(reader, THREAD_WAIT_RWLOCK);
    rwlock_unlock(&l);
    cr_assert_eq(VALUE(join(writer)), 0);
    struct thread_info info;
    cr_assert_eq(thread_info(reader, &info), 0);
    cr_assert_eq(info.state, THREAD_BLOCKED, "the reader waits for the writer");
}

SHARED struct rwlock from_writer;

static void *
write_and_hand_over(void *unused)
{
    (void)unused;
    rwlock_wrlock(&from_writer);
    return NUMBER(rwlock_unlock(&from_writer));
}

Test(rwlock, readers_who_wait_are_not_starved_by_writers, .timeout = 10)
{
    thread_t threads[3];
    rwlock_wrlock(&from_writer);
    threads[0] = spawn(write_and_hand_over, NULL);
    await_blocked(threads[0], THREAD_WAIT_RWLOCK);
    threads[1] = spawn(read_lock, &from_writer);
    await_blocked(threads[1], THREAD_WAIT_RWLOCK);
    threads[2] = spawn(write_within_10_ms, &from_writer);
    await_blocked(threads[2], THREAD_WAIT_RWLOCK);
    rwlock_unlock(&from_writer);
    cr_assert_eq(VALUE(join(threads[0])), 0);
    cr_assert_eq(VALUE(join(threads[1])), 0, "before the second writer");
    cr_assert_eq(VALUE(join(threads[2])), ETIMEDOUT, "who came after it");
}

Test(rwlock, readers_behind_a_writer_come_in_together, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    thread_t readers[3];
    rwlock_wrlock(&l);
    for (int i = 0; i < 3; i++) {
        readers[i] = spawn(read_lock, &l);
        await_blocked(readers[i], THREAD_WAIT_RWLOCK);
    }
    rwlock_unlock(&l);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(VALUE(join(readers[i])), 0);
    cr_assert_eq(rwlock_trywrlock(&l), EBUSY, "all three hold it");
}

Test(rwlock, at_the_deadline_it_is_not_held, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    rwlock_rdlock(&l);
    uint64_t deadline = in_ms(10);
    cr_assert_eq(rwlock_wrlock_until(&l, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    rwlock_unlock(&l);
    cr_assert_eq(rwlock_destroy(&l), 0);
}

Test(rwlock, a_writer_that_gives_up_lets_readers_in, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    rwlock_rdlock(&l);
    thread_t writer = spawn(write_within_10_ms, &l);
    await_blocked(writer, THREAD_WAIT_RWLOCK);
    thread_t reader = spawn(read_lock, &l);
    cr_assert_eq(VALUE(join(reader)), 0, "the first reader is still there");
    cr_assert_eq(VALUE(join(writer)), ETIMEDOUT);
}

Test(rwlock, a_reader_gives_up_at_its_deadline, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    thread_t writer = spawn(write_lock, &l);
    cr_assert_eq(VALUE(join(writer)), 0); /* and holds it for ever */
    cr_assert_eq(rwlock_rdlock_until(&l, in_ms(5)), ETIMEDOUT);
    cr_assert_eq(rwlock_rdlock_until(&l, 0), ETIMEDOUT);
}

/* ---- Misuse ---- */

Test(rwlock, locking_what_one_has_locked_to_write_gives_EDEADLK, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    rwlock_wrlock(&l);
    cr_assert_eq(rwlock_wrlock(&l), EDEADLK);
    cr_assert_eq(rwlock_rdlock(&l), EDEADLK);
    cr_assert_eq(rwlock_trywrlock(&l), EBUSY);
    cr_assert_eq(rwlock_unlock(&l), 0);
}

Test(rwlock, unlocking_what_nobody_holds_gives_EPERM, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    cr_assert_eq(rwlock_unlock(&l), EPERM);
    rwlock_rdlock(&l);
    cr_assert_eq(rwlock_unlock(&l), 0);
    cr_assert_eq(rwlock_unlock(&l), EPERM);
}

Test(rwlock, unlocking_what_another_writes_gives_EPERM, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    rwlock_wrlock(&l);
    cr_assert_eq(elsewhere(unlock, &l), EPERM);
    cr_assert_eq(rwlock_unlock(&l), 0);
}

Test(rwlock, destroying_a_locked_one_gives_EBUSY, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    rwlock_rdlock(&l);
    cr_assert_eq(rwlock_destroy(&l), EBUSY);
    rwlock_unlock(&l);
    rwlock_wrlock(&l);
    cr_assert_eq(rwlock_destroy(&l), EBUSY);
    rwlock_unlock(&l);
    cr_assert_eq(rwlock_destroy(&l), 0);
}

Test(rwlock, thread_info_names_the_writer, .timeout = 10)
{
    SHARED struct rwlock l = RWLOCK_INITIALIZER;
    struct thread_info info;
    rwlock_wrlock(&l);
    thread_t reader = spawn(read_lock, &l);
    await_blocked(reader, THREAD_WAIT_RWLOCK);
    cr_assert_eq(thread_info(reader, &info), 0);
    cr_assert_eq(info.wait_on, &l);
    cr_assert_eq(info.wait_thread, thread_self());
    rwlock_unlock(&l);
    join(reader);
}
