/* SPDX-License-Identifier: MIT */
/*
 * answer.h - what a server of HTTP/1.1 says.
 *
 * Each answer says how long it is, so that the next can follow on the same
 * connection. Once its head is out there is no way to take it back: who cannot
 * send the rest must end the connection, and the functions here then return
 * false.
 */
#ifndef HTTPD_ANSWER_H
#define HTTPD_ANSWER_H

#include "httpd/files.h"
#include "httpd/request.h"
#include "server.h"

/* Where an answer goes, and how. */
struct answer {
    struct connection *c;
    uint64_t patience; /* how long the client may take for each piece, ns */
    bool head_only;    /* say what there would be, and leave it at that */
    bool keep;         /* another request may follow */
};

/* An answer that is no file: an error, in a word or two. */
bool answer_status(const struct answer *a, int status);

/* The directory is to be asked for with its final "/". */
bool answer_moved(const struct answer *a, const char *path);

/* A file, or the part of it that was asked for, or the news that it has not
 * changed. */
bool answer_file(const struct answer *a, const struct request *r,
                 const struct file *file);

#endif
