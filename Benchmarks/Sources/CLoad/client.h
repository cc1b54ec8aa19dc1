#ifndef TIMERD_BENCH_CLIENT_H
#define TIMERD_BENCH_CLIENT_H

#include <stddef.h>

#include "load.h"

// Writes the requests of a load.
typedef struct {
  const bench_load *load;
  int payload_length;
  char payload[3072];
  char *body;
  char *text;
} requests;

void requests_init(requests *requests, const bench_load *load);
void requests_free(requests *requests);
// The number of timers that one request of a load creates at most.
int64_t timers_per_request(const bench_load *load);

// A connection that creations go through, one request at a time.
typedef struct {
  int descriptor;
  int64_t index;  // Of the first timer of the request that waits for its answer; -1 if there is none.
  int64_t sent_at;
  size_t count;
  size_t capacity;
  char *bytes;
} client;

void client_init(client *client, const bench_load *load);
void client_free(client *client);
// Sends the request that begins with a timer. 0, or an errno.
int client_send(client *client, requests *requests, int64_t index);
// Takes an answer, or a part of it. 1 if it was the last part, 0 if more is to come, -1 and errno if the connection is lost.
// The answer stays readable until the next request.
int client_take(client *client);
// The status of the answer that was taken.
int client_status(const client *client);
// How many timers the answer says were created.
int64_t client_created(const client *client, const bench_load *load);

#endif
