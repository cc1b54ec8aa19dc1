#ifndef TIMERD_BENCH_IDS_H
#define TIMERD_BENCH_IDS_H

#include <stdint.h>

// The number of the timer that a callback's body is about; -1 if it is about none of ours.
int64_t number_of_body(const char *body, const char *end);

// The number of the timer with an id; -1 if it is none of ours.
int64_t number_of_id(const char *id, const char *end);

#endif
