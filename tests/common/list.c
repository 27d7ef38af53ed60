/* SPDX-License-Identifier: MIT */
/* list.c - the intrusive list, against an array that does the same. */
#include "list.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 50 };

static struct link links[COUNT];
static struct link *model[COUNT]; /* what should be on the list, in order */
static size_t length;

static void
model_remove(size_t place)
{
    memmove(&model[place], &model[place + 1],
            (--length - place) * sizeof *model);
}

static bool
in_model(const struct link *link)
{
    for (size_t i = 0; i < length; i++)
        if (model[i] == link)
            return true;
    return false;
}

/* The list is the model, read from either end. */
static void
check(const struct list *list)
{
    const struct link *forward = list->first, *backward = list->last;
    cr_assert_eq(list_empty(list), length == 0);
    for (size_t i = 0; i < length; i++) {
        cr_assert_eq(forward, model[i]);
        cr_assert_eq(backward, model[length - 1 - i]);
        forward = forward->next;
        backward = backward->prev;
    }
    cr_assert_null(forward);
    cr_assert_null(backward);
}

/* One random operation on both. */
static void
step(struct list *list)
{
    size_t i = (size_t)rand() % COUNT;
    if (rand() % 5 == 0) {
        struct link *first = length > 0 ? model[0] : NULL;
        cr_assert_eq(list_pop(list), first);
        if (first)
            model_remove(0);
    } else if (!in_model(&links[i])) {
        list_append(list, &links[i]);
        model[length++] = &links[i];
    } else {
        size_t place = (size_t)rand() % length;
        list_remove(list, model[place]);
        cr_assert_null(model[place]->next);
        cr_assert_null(model[place]->prev);
        model_remove(place);
    }
}

Test(list, it_does_what_an_array_does, .timeout = 10)
{
    struct list list = {0};
    srand(1);
    for (int i = 0; i < 20000; i++) {
        step(&list);
        check(&list);
    }
}

Test(list, all_zero_bytes_is_empty, .timeout = 10)
{
    struct list list;
    memset(&list, 0, sizeof list);
    cr_assert(list_empty(&list));
    cr_assert_null(list_pop(&list));
}

struct element {
    int before;
    struct link link;
};

Test(list, an_element_is_found_by_its_link, .timeout = 10)
{
    struct element e = {.before = 7};
    struct list list = {0};
    list_append(&list, &e.link);
    cr_assert_eq(container_of(list_pop(&list), struct element, link), &e);
}
