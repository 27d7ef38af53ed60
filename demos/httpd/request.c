/* SPDX-License-Identifier: MIT */
/* request.c - see request.h. */
#include "httpd/request.h"

#include <ctype.h>
#include <string.h>

size_t
request_length(const char *bytes, size_t count)
{
    /* Found at the last LF but judged by the parser, which wants CRLF. */
    for (const char *at = bytes, *end = bytes + count;
         (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        size_t rest = (size_t)(end - at);
        if (rest >= 2 && at[1] == '\n')
            return (size_t)(at - bytes) + 2;
        if (rest >= 3 && at[1] == '\r' && at[2] == '\n')
            return (size_t)(at - bytes) + 3;
    }
    return 0;
}

/* ---- Words ---- */

/* A token: a method, or the name of a field. Not empty. */
static bool
is_token(const char *s)
{
    size_t length = strspn(s, "!#$%&'*+-.^_`|~0123456789"
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return length > 0 && s[length] == '\0';
}

/* Take off blanks at both ends. */
static char *
trimmed(char *s)
{
    s += strspn(s, " \t");
    size_t length = strlen(s);
    while (length > 0 && (s[length - 1] == ' ' || s[length - 1] == '\t'))
        length--;
    s[length] = '\0';
    return s;
}

/* Only digits, and not too many of them. */
static bool
number(const char *s, uint64_t *value)
{
    size_t digits = strspn(s, "0123456789");
    *value = 0;
    if (digits == 0 || digits > 18 || s[digits] != '\0')
        return false;
    for (; *s; s++)
        *value = *value * 10 + (uint64_t)(*s - '0');
    return true;
}

static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* %41 is A. In place, for it only gets shorter. A NUL would end the path for
 * us and not for who checks it: refused. */
static bool
decode(char *path)
{
    char *to = path;
    for (const char *from = path; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_digit(from[1]);
        int low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0 || high * 16 + low == 0)
            return false;
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* ---- The first line ---- */

static int
parse_method(const char *method, struct request *r)
{
    static const char *const others[] = {
        "POST", "PUT", "DELETE", "CONNECT", "TRACE", "OPTIONS", "PATCH"};
    r->head_only = strcmp(method, "HEAD") == 0;
    if (r->head_only || strcmp(method, "GET") == 0)
        return 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(method, others[i]) == 0)
            return 405;
    return is_token(method) ? 501 : 400;
}

/* HTTP/1.0, HTTP/1.1; a later 1.x is to be treated as 1.1. */
static int
parse_version(const char *version, struct request *r)
{
    if (strncmp(version, "HTTP/", 5) != 0 ||
        !isdigit((unsigned char)version[5]) || version[6] != '.' ||
        !isdigit((unsigned char)version[7]) || version[8] != '\0')
        return 400;
    r->minor = version[7] - '0';
    return version[5] == '1' ? 0 : 505;
}

/* A path, or, as to a proxy, http://host/path. */
static int
parse_target(char *target, struct request *r)
{
    for (const char *c = target; *c; c++)
        if (*c <= ' ' || *c >= 127 || *c == '#')
            return 400;
    if (strncasecmp(target, "http://", 7) == 0) {
        target = strchr(target + 7, '/');
        if (!target)
            return 400;
    }
    if (target[0] != '/')
        return 400;
    target[strcspn(target, "?")] = '\0';
    r->path = target;
    return decode(target) ? 0 : 400;
}

static int
parse_first_line(char *line, struct request *r)
{
    char *method = strsep(&line, " ");
    char *target = strsep(&line, " ");
    int status = line ? parse_version(line, r) : 400;
    if (status == 0)
        status = parse_method(method, r);
    return status ? status : parse_target(target, r);
}

/* ---- Fields ---- */

static int
on_host(char *value, struct request *r)
{
    bool twice = r->has_host;
    r->has_host = true;
    return twice || strpbrk(value, " \t,/@") ? 400 : 0;
}

/* Two lengths are the smuggler's tool. */
static int
on_length(char *value, struct request *r)
{
    bool twice = r->has_length;
    r->has_length = true;
    return twice || !number(value, &r->body) ? 400 : 0;
}

/* A body without a length of its own: we want none. */
static int
on_encoding(char *value, struct request *r)
{
    r->has_encoding = true;
    return strcasecmp(value, "chunked") == 0 ? 411 : 501;
}

/* A list. */
static int
on_connection(char *value, struct request *r)
{
    char *word;
    while ((word = strsep(&value, ",")) != NULL) {
        word = trimmed(word);
        r->says_close |= strcasecmp(word, "close") == 0;
        r->says_keep |= strcasecmp(word, "keep-alive") == 0;
    }
    return 0;
}

static int
on_modified_since(char *value, struct request *r)
{
    r->modified_since = value;
    return 0;
}

static int
on_range(char *value, struct request *r)
{
    r->range = value;
    return 0;
}

static int
on_if_range(char *value, struct request *r)
{
    (void)value;
    r->if_range = true;
    return 0;
}

static int
on_expect(char *value, struct request *r)
{
    (void)value;
    r->expects = true;
    return 0;
}

static const struct {
    const char *name;
    int (*on)(char *value, struct request *r);
} fields[] = {
    {"Host", on_host},
    {"Content-Length", on_length},
    {"Transfer-Encoding", on_encoding},
    {"Connection", on_connection},
    {"If-Modified-Since", on_modified_since},
    {"Range", on_range},
    {"If-Range", on_if_range},
    {"Expect", on_expect},
};

/* "Name: value". A blank before the colon, or a line that begins with one, has
 * been read in two ways by two servers; a blank is no part of a token. */
static int
parse_field(char *line, struct request *r)
{
    char *name = strsep(&line, ":");
    if (!line || !is_token(name))
        return 400;
    for (const char *c = line; *c; c++)
        if (iscntrl((unsigned char)*c) && *c != '\t')
            return 400;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcasecmp(name, fields[i].name) == 0)
            return fields[i].on(trimmed(line), r);
    return 0; /* nobody's business */
}

/* ---- The head ---- */

/* The next line, its CRLF taken off; NULL if it ends in anything else. */
static char *
next_line(char **rest)
{
    char *line = strsep(rest, "\n");
    size_t length = strlen(line);
    if (length == 0 || line[length - 1] != '\r')
        return NULL;
    line[length - 1] = '\0';
    return strchr(line, '\r') ? NULL : line;
}

/* The empty line is the last, and the only one of its kind: by that the end of
 * the head was found. */
static int
parse_lines(char *rest, struct request *r)
{
    char *line = next_line(&rest);
    int status = line ? parse_first_line(line, r) : 400;
    while (status == 0 && (line = next_line(&rest)) && line[0])
        status = parse_field(line, r);
    return status == 0 && !line ? 400 : status;
}

int
request_parse(char *head, size_t length, struct request *r)
{
    *r = (struct request){.head_only = false};
    if (memchr(head, '\0', length))
        return 400;
    head[length - 1] = '\0'; /* over the LF of the empty line */
    int status = parse_lines(head, r);
    if (status == 0 && r->minor > 0 && !r->has_host)
        status = 400;
    if (r->has_encoding && r->has_length)
        status = 400;
    r->keep = status == 0 && !r->says_close && (r->minor > 0 || r->says_keep);
    return status;
}
