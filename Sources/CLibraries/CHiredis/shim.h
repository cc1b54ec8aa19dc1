// hiredis 0.14: no TLS, no RESP3. Commands are encoded in Swift, so that none of its variadic functions is needed.
#ifndef TIMERD_CHIREDIS_SHIM_H
#define TIMERD_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>

// No answer that is wanted has more elements than this. hiredis allocates room for as many as an array's header names.
#define TIMERD_REDIS_MAX_ELEMENTS 65536

// hiredis's own functions, with the bound; filled once.
static redisReplyObjectFunctions timerd_redis_functions;
static void *(*timerd_redis_create_array)(const redisReadTask *, int);
static pthread_once_t timerd_redis_once = PTHREAD_ONCE_INIT;

static inline void *timerd_redis_bounded_array(const redisReadTask *task, int elements) {
  return elements > TIMERD_REDIS_MAX_ELEMENTS ? NULL : timerd_redis_create_array(task, elements);
}

static inline void timerd_redis_fill_functions(void) {
  redisReader *reader = redisReaderCreate();
  if (reader == NULL) abort();
  timerd_redis_functions = *reader->fn;
  timerd_redis_create_array = timerd_redis_functions.createArray;
  timerd_redis_functions.createArray = timerd_redis_bounded_array;
  redisReaderFree(reader);
}

// Makes a reader refuse arrays that are larger than any that is wanted.
static inline void timerd_redis_bound(redisReader *reader) {
  pthread_once(&timerd_redis_once, timerd_redis_fill_functions);
  reader->fn = &timerd_redis_functions;
}

// How many bytes were read and not parsed yet.
static inline size_t timerd_redis_unparsed(const redisContext *context) {
  return context->reader->len - context->reader->pos;
}

// Reads like redisBufferRead; `count` is how many bytes came.
static inline int timerd_redis_read(redisContext *context, size_t *count) {
  size_t before = timerd_redis_unparsed(context);
  int status = redisBufferRead(context);
  size_t after = timerd_redis_unparsed(context);
  *count = after > before ? after - before : 0;
  return status;
}

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
