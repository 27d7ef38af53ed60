/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h - which demos there are, and on which models.
 *
 * A demo on a model is one program, DIR/NAME-MODEL. Nothing is registered
 * anywhere: what lies in the directory is what there is, so a new model or a
 * new experiment needs no change here.
 */
#ifndef CLI_CATALOGUE_H
#define CLI_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

struct demo {
    char *name;
    char **models; /* the well-known first, the rest by name */
    size_t model_count;
};

struct catalogue {
    char *directory;
    struct demo *demos; /* by name */
    size_t count;
};

/* Look into the directory of demos beside this program, or, installed, in
 * ../libexec/threadbare/demos. Ends the program if there is none. */
void catalogue_read(struct catalogue *catalogue);

/* The demo of that name; otherwise one line with the valid ones, exit 2. */
const struct demo *catalogue_demo(const struct catalogue *catalogue,
                                  const char *name);

bool demo_has_model(const struct demo *demo, const char *model);

/* Nothing if the demo has the model; otherwise one line with the valid ones,
 * exit 2. */
void demo_need_model(const struct demo *demo, const char *model);

/* The program. The caller frees it. */
char *catalogue_path(const struct catalogue *catalogue, const char *demo,
                     const char *model);

void catalogue_free(struct catalogue *catalogue);

#endif
