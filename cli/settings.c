/* SPDX-License-Identifier: MIT */
/* settings.c - see settings.h. */
#include "settings.h"

#include "grow.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

/* "1000us" is a quantum (or what a model has for one), "seed7" a seed. */
static bool
is_number_and(const char *word, const char *unit)
{
    size_t digits = strspn(word, "0123456789");
    return digits > 0 && strcmp(word + digits, unit) == 0;
}

static bool
is_engine(const char *word)
{
    return strcmp(word, "uring") == 0 || strcmp(word, "epoll") == 0 ||
           strcmp(word, "blocking") == 0;
}

static char *
setting_of(const char *model, const char *word)
{
    bool gil = strcmp(model, "gil") == 0;
    char *setting;
    int length;
    if (gil && !is_number_and(word, "us"))
        usage_error("'gil+%s': gil has an interval, such as gil+1000us, and no "
                    "other setting",
                    word);
    if (is_number_and(word, "us"))
        length =
            asprintf(&setting, "%s=%.*s",
                     gil ? "THREADS_GIL_INTERVAL_US" : "UTHREADS_QUANTUM_US",
                     (int)strlen(word) - 2, word);
    else if (strncmp(word, "seed", 4) == 0 && isdigit((unsigned char)word[4]))
        length = asprintf(&setting, "UTHREADS_SEED=%s", word + 4);
    else
        length =
            asprintf(&setting, "%s=%s",
                     is_engine(word) ? "UTHREADS_IO" : "UTHREADS_POLICY", word);
    if (length < 0)
        fail("out of memory");
    return setting;
}

char **
settings_take(char *model)
{
    char **settings = must_alloc(strlen(model) + 1, sizeof *settings);
    char *rest = strchr(model, '+'), *word;
    size_t count = 0;
    if (!rest)
        return settings;
    *rest++ = '\0';
    if (strncmp(model, "user", 4) != 0 && strcmp(model, "gil") != 0)
        usage_error("'+%s': settings are for user-level threads and gil, and "
                    "%s is neither",
                    rest, model);
    while ((word = strsep(&rest, "+"))) {
        if (!*word)
            usage_error("'%s+': which setting? A policy, uring, epoll, "
                        "blocking, a quantum such as 1000us, or a seed such "
                        "as seed7",
                        model);
        settings[count++] = setting_of(model, word);
    }
    return settings;
}

void
settings_apply(char *const *settings)
{
    for (; *settings; settings++)
        putenv(*settings);
}

void
settings_free(char **settings)
{
    for (char **s = settings; *s; s++)
        free(*s);
    free(settings);
}
