/* SPDX-License-Identifier: MIT */
/* table.c - the thread table, against an array that does the same. */
#include "table.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(table, identifiers_count_up_from_1, .timeout = 10)
{
    struct table table = {0};
    static int thread;
    for (unsigned long i = 1; i <= 5000; i++)
        cr_assert_eq(table_add(&table, &thread), i);
    cr_assert_eq(table.used, 5000);
}

Test(table, what_was_never_added_is_not_found, .timeout = 10)
{
    struct table table = {0};
    static int thread;
    cr_assert_null(table_find(&table, 0));
    cr_assert_null(table_find(&table, 1));
    table_add(&table, &thread);
    cr_assert_null(table_find(&table, 0));
    cr_assert_null(table_find(&table, 2));
    cr_assert_null(table_find(&table, 1 + table.size));
    cr_assert_null(table_find(&table, ~0ul));
}

Test(table, an_identifier_in_the_way_is_skipped, .timeout = 10)
{
    struct table table = {0};
    static int old, young;
    unsigned long first = table_add(&table, &old);
    unsigned long last = first;
    for (size_t i = 0; i < 3 * table.size; i++) {
        unsigned long id = table_add(&table, &young);
        cr_assert_gt(id, last);
        cr_assert_eq(table_find(&table, first), &old);
        cr_assert_eq(table_find(&table, id), &young);
        table_remove(&table, id);
        cr_assert_null(table_find(&table, id));
        last = id;
    }
}

/* The model: every identifier that is in the table, and its thread. */
enum { MOST = 700 };
static unsigned long ids[MOST];
static int threads[MOST];

static size_t
visited(const struct table *table)
{
    size_t position = 0, count = 0;
    while (table_next(table, &position))
        count++;
    return count;
}

Test(table, it_does_what_an_array_does, .timeout = 20)
{
    struct table table = {0};
    unsigned long last = 0;
    size_t used = 0;
    srand(2);
    for (int step = 0; step < 50000; step++) {
        size_t i = (size_t)rand() % MOST;
        if (ids[i]) {
            table_remove(&table, ids[i]);
            cr_assert_null(table_find(&table, ids[i]));
            ids[i] = 0;
            used--;
        } else {
            ids[i] = table_add(&table, &threads[i]);
            cr_assert_gt(ids[i], last, "never the same identifier again");
            last = ids[i];
            used++;
        }
        size_t other = (size_t)rand() % MOST;
        if (ids[other])
            cr_assert_eq(table_find(&table, ids[other]), &threads[other]);
        cr_assert_eq(table.used, used);
    }
    cr_assert_eq(visited(&table), used);
}
