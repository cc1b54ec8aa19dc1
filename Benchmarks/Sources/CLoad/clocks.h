#ifndef TIMERD_BENCH_CLOCKS_H
#define TIMERD_BENCH_CLOCKS_H

#include <stdint.h>
#include <time.h>

static inline int64_t nanoseconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t monotonic_us(void) { return nanoseconds_of(CLOCK_MONOTONIC) / 1000; }
static inline double thread_cpu_seconds(void) { return (double)nanoseconds_of(CLOCK_THREAD_CPUTIME_ID) / 1e9; }

#endif
