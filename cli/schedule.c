/* SPDX-License-Identifier: MIT */
/* schedule.c - see schedule.h. */
#include "schedule.h"

#include "usage.h"

#include <stdio.h>
#include <stdlib.h>

uint32_t
schedule_preemptions(const struct schedule *s)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->length; i++)
        count += s->at[i].preempts && s->at[i].chosen > 0;
    return count;
}

char *
schedule_words(const struct schedule *s)
{
    char *words = NULL;
    size_t size;
    FILE *out = open_memstream(&words, &size);
    if (!out)
        fail("out of memory");
    const char *comma = "";
    for (uint32_t i = 0; i < s->length; i++) {
        if (s->at[i].chosen == 0)
            continue;
        fprintf(out, "%s%u:%u", comma, i, s->at[i].chosen);
        comma = ",";
    }
    if (!*comma)
        fprintf(out, "0:0");
    fclose(out);
    return words;
}

bool
schedule_read(struct schedule *s, const char *words)
{
    const char *at = words;
    s->length = 0;
    while (*at) {
        char *end;
        unsigned long place = strtoul(at, &end, 10);
        if (end == at || *end != ':' || place < s->length ||
            place >= EXPLORATION_DECISIONS)
            return false;
        at = end + 1;
        unsigned long chosen = strtoul(at, &end, 10);
        if (end == at || chosen > UINT16_MAX)
            return false;
        while (s->length <= place)
            s->at[s->length++] = (struct decision){.choices = 2};
        s->at[place].chosen = (uint16_t)chosen;
        at = end + (*end == ',');
        if (*end && *end != ',')
            return false;
    }
    return s->length > 0;
}
