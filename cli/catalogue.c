/* SPDX-License-Identifier: MIT */
/*
 * catalogue.c - see catalogue.h.
 *
 * Both halves of NAME-MODEL may hold dashes (user-asm), so a file's name is
 * split in two passes: first at the longest suffix that is a well-known
 * model; then, for models nobody here has heard of, after the longest prefix
 * that the first pass found to be a demo, or else at the last dash.
 */
#include "catalogue.h"

#include "grow.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The order in which a reader meets the models; others follow by name. */
static const char *const well_known[] = {"user", "kernel",  "user-asm",
                                         "gil",  "process", NULL};

static int
rank(const char *model)
{
    int i = 0;
    while (well_known[i] && strcmp(well_known[i], model) != 0)
        i++;
    return i;
}

/* ---- Where ---- */

static bool
is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *
find_directory(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        fail("/proc/self/exe: %s", strerror(errno));
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    char *beside, *installed;
    if (asprintf(&beside, "%s/demos", self) < 0 ||
        asprintf(&installed, "%s/../libexec/threadbare/demos", self) < 0)
        fail("out of memory");
    if (is_directory(beside)) {
        free(installed);
        return beside;
    }
    if (!is_directory(installed))
        fail("no demos: neither %s nor %s is a directory", beside, installed);
    free(beside);
    return installed;
}

/* ---- What ---- */

static struct demo *
lookup(const struct catalogue *c, const char *name, size_t length)
{
    for (size_t i = 0; i < c->count; i++)
        if (strlen(c->demos[i].name) == length &&
            strncmp(c->demos[i].name, name, length) == 0)
            return &c->demos[i];
    return NULL;
}

static void
add(struct catalogue *c, const char *file, size_t dash)
{
    struct demo *demo = lookup(c, file, dash);
    if (!demo) {
        c->demos = reallocarray(c->demos, c->count + 1, sizeof *c->demos);
        if (!c->demos)
            fail("out of memory");
        demo = &c->demos[c->count++];
        *demo = (struct demo){.name = strndup(file, dash)};
    }
    demo->models =
        reallocarray(demo->models, demo->model_count + 1, sizeof *demo->models);
    if (!demo->name || !demo->models)
        fail("out of memory");
    demo->models[demo->model_count++] = must_copy(file + dash + 1);
}

/* Where the longest suffix that is a well-known model begins; 0: none. */
static size_t
dash_before_known_model(const char *file)
{
    for (const char *c = file + 1; *c; c++)
        if (*c == '-' && well_known[rank(c + 1)])
            return (size_t)(c - file);
    return 0;
}

static size_t
dash_after_known_demo(const struct catalogue *c, const char *file)
{
    const char *last = strrchr(file + 1, '-');
    for (size_t dash = strlen(file); dash-- > 1;)
        if (file[dash] == '-' && file[dash + 1] && lookup(c, file, dash))
            return dash;
    return last && last[1] ? (size_t)(last - file) : 0;
}

static bool
is_program(const char *directory, const char *file)
{
    struct stat st;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    return !strchr(file, '.') && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           access(path, X_OK) == 0;
}

static int
by_demo_name(const void *a, const void *b)
{
    return strcmp(((const struct demo *)a)->name,
                  ((const struct demo *)b)->name);
}

static int
by_model_rank(const void *a, const void *b)
{
    const char *m = *(char *const *)a, *n = *(char *const *)b;
    int difference = rank(m) - rank(n);
    return difference ? difference : strcmp(m, n);
}

void
catalogue_read(struct catalogue *c)
{
    struct dirent **files;
    *c = (struct catalogue){.directory = find_directory()};
    int n = scandir(c->directory, &files, NULL, alphasort);
    if (n < 0)
        fail("%s: %s", c->directory, strerror(errno));
    for (int pass = 1; pass <= 2; pass++)
        for (int i = 0; i < n; i++) {
            const char *file = files[i]->d_name;
            size_t known = dash_before_known_model(file);
            size_t dash = pass == 1 ? known : dash_after_known_demo(c, file);
            if (dash && (pass == 1 || !known) && is_program(c->directory, file))
                add(c, file, dash);
        }
    for (int i = 0; i < n; i++)
        free(files[i]);
    free(files);
    if (!c->count)
        fail("no demos in %s", c->directory);
    qsort(c->demos, c->count, sizeof *c->demos, by_demo_name);
    for (size_t i = 0; i < c->count; i++)
        qsort(c->demos[i].models, c->demos[i].model_count, sizeof(char *),
              by_model_rank);
}

/* ---- Asking ---- */

const struct demo *
catalogue_demo(const struct catalogue *c, const char *name)
{
    const struct demo *demo = lookup(c, name, strlen(name));
    if (demo)
        return demo;
    char valid[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < c->count && used < sizeof valid; i++)
        used += (size_t)snprintf(valid + used, sizeof valid - used, " %s",
                                 c->demos[i].name);
    usage_error("no demo '%s'; valid:%s", name, valid);
}

bool
demo_has_model(const struct demo *demo, const char *model)
{
    for (size_t i = 0; i < demo->model_count; i++)
        if (strcmp(demo->models[i], model) == 0)
            return true;
    return false;
}

void
demo_need_model(const struct demo *demo, const char *model)
{
    if (demo_has_model(demo, model))
        return;
    char valid[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < demo->model_count && used < sizeof valid; i++)
        used += (size_t)snprintf(valid + used, sizeof valid - used, " %s",
                                 demo->models[i]);
    usage_error("no model '%s' for demo '%s'; valid:%s", model, demo->name,
                valid);
}

char *
catalogue_path(const struct catalogue *c, const char *demo, const char *model)
{
    char *path;
    if (asprintf(&path, "%s/%s-%s", c->directory, demo, model) < 0)
        fail("out of memory");
    return path;
}

void
catalogue_free(struct catalogue *c)
{
    for (size_t i = 0; i < c->count; i++) {
        for (size_t m = 0; m < c->demos[i].model_count; m++)
            free(c->demos[i].models[m]);
        free(c->demos[i].models);
        free(c->demos[i].name);
    }
    free(c->demos);
    free(c->directory);
}
