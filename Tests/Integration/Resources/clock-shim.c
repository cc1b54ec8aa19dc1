/*
 * Preloaded into a process, this steps its wall clock while it runs: the file that CLOCK_SHIM_FILE names holds, in its
 * first eight bytes, the nanoseconds by which the clock is off. All other clocks are left alone.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t second = 1000000000;
static const volatile int64_t *offset;

__attribute__((constructor)) static void map_offset(void) {
  const char *path = getenv("CLOCK_SHIM_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
  if (file >= 0) close(file);
  /* A test whose clock cannot be stepped must not pass for that. */
  if (mapped == MAP_FAILED) _exit(99);
  offset = mapped;
}

/* The system call and not the next clock_gettime in line, which would have to be looked up at a time when it may be too early. */
int clock_gettime(clockid_t clock, struct timespec *result) {
  int status = (int)syscall(SYS_clock_gettime, clock, result);
  if (status != 0 || offset == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return status;
  int64_t time = result->tv_sec * second + result->tv_nsec + *offset;
  result->tv_sec = time / second;
  result->tv_nsec = time % second;
  return 0;
}

int gettimeofday(struct timeval *result, void *zone) {
  struct timespec time;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &time);
  result->tv_sec = time.tv_sec;
  result->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
