// hiredis 0.14: no TLS, no RESP3. Commands are encoded in Swift, so that none of its variadic functions is needed.
#ifndef TIMERD_CHIREDIS_SHIM_H
#define TIMERD_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/eventfd.h>

// Takes bytes as Swift has them.
static inline int timerd_redis_append(redisContext *context, const unsigned char *bytes, size_t count) {
  return redisAppendFormattedCommand(context, (const char *)bytes, count);
}

// Whether there is output that was not written yet; `obuf` is an sds, whose length is behind an inline function.
static inline int timerd_redis_has_output(const redisContext *context) {
  return context->obuf != NULL && sdslen(context->obuf) > 0;
}

// hiredis writes with write(2): without this a closed connection would end the process. For the calling thread only.
static inline void timerd_block_sigpipe(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static inline int timerd_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

#endif
