#ifndef TIMERD_BENCH_HTTP_H
#define TIMERD_BENCH_HTTP_H

#include <stddef.h>

// The beginning of a buffer that holds a message; its total length once all of it is there, else 0.
// `head_length` is set as soon as the head is there.
size_t http_message_length(const char *bytes, size_t count, size_t *head_length);

// A socket that is connected to a port of 127.0.0.1, blocking; -1 if that fails.
int http_connect(int port);

#endif
