// hiredis 0.14: no TLS, no RESP3. Commands are encoded in Swift, so that none of its variadic functions is needed.
#ifndef TIMERD_CHIREDIS_SHIM_H
#define TIMERD_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// No answer that is wanted has more elements than this. hiredis allocates room for as many as an array's header names.
#define TIMERD_REDIS_MAX_ELEMENTS 65536

static inline void *timerd_redis_bounded_array(const redisReadTask *task, int elements) {
  const redisReplyObjectFunctions *own = (const redisReplyObjectFunctions *)task->privdata;
  return elements > TIMERD_REDIS_MAX_ELEMENTS ? NULL : own->createArray(task, elements);
}

// Makes a reader refuse arrays that are larger than any that is wanted. Returns what is to be freed after the reader; NULL if there is
// no memory. hiredis's own functions are found through `privdata`: Swift emits no variables of a header.
static inline redisReplyObjectFunctions *timerd_redis_bound(redisReader *reader) {
  redisReplyObjectFunctions *bounded = (redisReplyObjectFunctions *)malloc(sizeof *bounded);
  if (bounded == NULL) return NULL;
  *bounded = *reader->fn;
  bounded->createArray = timerd_redis_bounded_array;
  reader->privdata = reader->fn;
  reader->fn = bounded;
  return bounded;
}

// How many bytes were read and not parsed yet.
static inline size_t timerd_redis_unparsed(const redisContext *context) {
  return context->reader->len - context->reader->pos;
}

// Whether what was not parsed yet is a line of more than 64 KiB: hiredis looks for its end from its beginning after each read.
static inline int timerd_redis_has_endless_line(const redisContext *context) {
  const char *start = context->reader->buf + context->reader->pos;
  if (timerd_redis_unparsed(context) <= 65536) return 0;
  // After the line with its length a string may be long.
  return start[0] != '$' || memchr(start, '\n', 64) == NULL;
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

#endif
