/* SPDX-License-Identifier: MIT */
/*
 * request.h - what a client of HTTP/1.1 asks for.
 *
 *      GET /a%20file?x HTTP/1.1 CRLF     method, target, version
 *      Host: here CRLF                   fields, in any order
 *      Range: bytes=0-99 CRLF
 *      CRLF                              the end of the head
 *
 * The parser is strict where RFC 9112 lets it be: a server that guesses what
 * a client may have meant guesses other than the proxy before it, and that gap
 * is where requests are smuggled. Whatever is not understood is refused with
 * the status that says why, and the connection is closed, for nobody knows
 * where the next request would begin.
 */
#ifndef HTTPD_REQUEST_H
#define HTTPD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request {
    bool head_only;             /* HEAD, not GET */
    bool keep;                  /* another request may follow */
    bool expects;               /* the client waits for leave to send a body */
    char *path;                 /* decoded, without the query: "/a file" */
    const char *modified_since; /* fields that were sent; else NULL */
    const char *range;
    bool if_range; /* the range holds only for a certain version */
    uint64_t body; /* bytes that follow the head */

    /* Private to the parser. */
    int minor; /* HTTP/1.minor */
    bool has_host, has_length, has_encoding;
    bool says_close, says_keep;
};

/* How long the head at the beginning of these bytes is; 0 if its end is not
 * among them. */
size_t request_length(const char *bytes, size_t count);

/*
 * Take a whole head apart, in place: the request's strings lie in it. Returns
 * 0, or the status of the refusal: 400, 405, 411, 501, 505; then keep is false.
 */
int request_parse(char *head, size_t length, struct request *r);

#endif
