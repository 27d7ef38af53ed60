/* SPDX-License-Identifier: MIT */
/* rounds.c - see rounds.h. */
#include "rounds.h"

#include <jansson.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* The CPU we are on is as good as any; staying on it is what matters. */
static void
pin(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        perror("bench: not pinned to one CPU");
}

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(const double *sorted, size_t n)
{
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

/* The median of the ratios within each round: both were measured within the
 * same fraction of a second. */
static double
median_ratio(const struct work *of, const struct work *to, size_t rounds)
{
    double ratio[ROUNDS_MAX];
    for (size_t i = 0; i < rounds; i++)
        ratio[i] = of->ns[i] / to->ns[i];
    qsort(ratio, rounds, sizeof *ratio, ascending);
    return median(ratio, rounds);
}

static json_t *
report(const char *title, struct work *works, size_t work_count,
       const struct claim *claims, size_t claim_count, size_t rounds)
{
    struct utsname machine;
    uname(&machine);
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:I, s:[], s:[]}", "bench", title, "kernel",
                  machine.release, "machine", machine.machine, "rounds",
                  (json_int_t)rounds, "works", "ratios");
    for (size_t i = 0; i < claim_count; i++) {
        const struct claim *c = &claims[i];
        double ratio = median_ratio(&works[c->of], &works[c->to], rounds);
        json_array_append_new(
            json_object_get(root, "ratios"),
            json_pack("{s:s, s:f, s:f, s:b}", "name", c->name, "ratio", ratio,
                      "at_most", c->at_most, "reached",
                      c->at_most == 0 || ratio <= c->at_most));
    }
    for (size_t i = 0; i < work_count; i++) {
        double *ns = works[i].ns;
        qsort(ns, rounds, sizeof *ns, ascending);
        json_array_append_new(json_object_get(root, "works"),
                              json_pack("{s:s, s:s, s:f, s:f, s:f}", "name",
                                        works[i].name, "note", works[i].note,
                                        "median_ns", median(ns, rounds),
                                        "lower_ns", ns[rounds / 4], "upper_ns",
                                        ns[rounds - 1 - rounds / 4]));
    }
    return root;
}

static void
print_table(const json_t *root)
{
    size_t i;
    json_t *row;
    printf("%s: ns, medians of %lld rounds on one CPU (quartiles)\n\n",
           json_string_value(json_object_get(root, "bench")),
           (long long)json_integer_value(json_object_get(root, "rounds")));
    json_array_foreach(json_object_get(root, "works"), i, row)
    {
        printf("  %-34s %9.1f  (%.1f - %.1f)\n",
               json_string_value(json_object_get(row, "name")),
               json_real_value(json_object_get(row, "median_ns")),
               json_real_value(json_object_get(row, "lower_ns")),
               json_real_value(json_object_get(row, "upper_ns")));
    }
    printf("\n");
    json_array_foreach(json_object_get(root, "ratios"), i, row)
    {
        double at_most = json_real_value(json_object_get(row, "at_most"));
        printf("  %-46s %8.3f", json_string_value(json_object_get(row, "name")),
               json_real_value(json_object_get(row, "ratio")));
        if (at_most > 0)
            printf("  goal <= %.2f%s", at_most,
                   json_is_true(json_object_get(row, "reached")) ? ""
                                                                 : "  MISSED");
        printf("\n");
    }
}

int
rounds_main(int argc, char **argv, const char *title, struct work *works,
            size_t work_count, const struct claim *claims, size_t claim_count)
{
    bool as_json = false;
    size_t rounds = 9;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            as_json = true;
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc &&
                 atoi(argv[i + 1]) > 0 && atoi(argv[i + 1]) <= ROUNDS_MAX)
            rounds = (size_t)atoi(argv[++i]);
        else
            return fprintf(stderr,
                           "%s: %s: not understood; valid: --json, "
                           "--rounds 1..%d\n",
                           argv[0], argv[i], ROUNDS_MAX),
                   2;
    }
    pin();
    for (size_t i = 0; i < work_count; i++)
        works[i].measure(); /* once for nothing: caches, first faults */
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < work_count; i++)
            works[i].ns[r] = works[i].measure();
    json_t *root =
        report(title, works, work_count, claims, claim_count, rounds);
    if (as_json)
        json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    else
        print_table(root);
    json_decref(root);
    return fflush(stdout) == 0 ? 0 : 1;
}
