#ifndef TIMERD_BENCH_TIMERS_H
#define TIMERD_BENCH_TIMERS_H

#include "load.h"

// Writes a JSON payload of so many bytes; its length.
int timer_payload(char *text, int bytes);
// Writes the JSON of a timer, without a NUL; its length.
int timer_body(const bench_load *load, int64_t index, const char *payload, int payload_length, char *text);
// Writes `group/id` of a timer; its length.
int timer_key(const bench_load *load, int64_t index, char *text);

#endif
