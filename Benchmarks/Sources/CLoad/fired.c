#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "kafka.h"
#include "load.h"

#define KEY_LIMIT 4096

struct bench_fired {
  rd_kafka_t *client;
  rd_kafka_queue_t *queue;
  pthread_t thread;
  int64_t first;
  int64_t count;
  _Atomic int ends;
  _Atomic int64_t distinct;
  _Atomic int64_t disordered;
  _Atomic int64_t *arrivals;
  _Atomic uint16_t *counts;
  int64_t latest[KEY_LIMIT];  // The highest index that has come, by the number of the key.
};

static void note(bench_fired *fired, const rd_kafka_message_t *message) {
  rd_kafka_headers_t *headers;
  const void *subject;
  size_t length;
  if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, "ce_subject", &subject, &length) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      length < 6) {
    return;
  }
  int64_t index = number_of_id((const char *)subject + 6, (const char *)subject + length) - fired->first;
  if (index < 0 || index >= fired->count) return;
  if (fired->counts[index]++ > 0) return;
  fired->arrivals[index] = bench_wall_us();
  fired->distinct++;
  if (message->key_len < 2 || message->key_len > 5 || *(const char *)message->key != 'k') return;
  char text[8] = {0};
  memcpy(text, (const char *)message->key + 1, message->key_len - 1);
  int key = atoi(text) % KEY_LIMIT;
  if (index < fired->latest[key]) {
    fired->disordered++;
  } else {
    fired->latest[key] = index;
  }
}

static void *run(void *argument) {
  bench_fired *fired = argument;
  while (!fired->ends) {
    // One by one: a call for several would wait until it has so many.
    rd_kafka_message_t *message = rd_kafka_consume_queue(fired->queue, 100);
    if (!message) continue;
    if (!message->err) note(fired, message);
    rd_kafka_message_destroy(message);
  }
  return NULL;
}

bench_fired *bench_fired_start(const char *brokers, const char *topic, int partitions, int64_t first, int64_t count) {
  rd_kafka_t *client = kafka_reader(brokers, topic, partitions, "5");
  if (!client) return NULL;
  bench_fired *fired = calloc(1, sizeof *fired);
  fired->client = client;
  fired->queue = rd_kafka_queue_get_consumer(client);
  fired->first = first;
  fired->count = count;
  fired->arrivals = calloc((size_t)count + 1, sizeof *fired->arrivals);
  fired->counts = calloc((size_t)count + 1, sizeof *fired->counts);
  pthread_create(&fired->thread, NULL, run, fired);
  return fired;
}

int64_t bench_fired_distinct(const bench_fired *fired) { return fired->distinct; }
int64_t bench_fired_arrival(const bench_fired *fired, int64_t index) { return fired->arrivals[index]; }
int bench_fired_count(const bench_fired *fired, int64_t index) { return fired->counts[index]; }
int64_t bench_fired_disordered(const bench_fired *fired) { return fired->disordered; }

void bench_fired_stop(bench_fired *fired) {
  fired->ends = 1;
  pthread_join(fired->thread, NULL);
  rd_kafka_queue_destroy(fired->queue);
  rd_kafka_consumer_close(fired->client);
  rd_kafka_destroy(fired->client);
  free((void *)fired->arrivals);
  free((void *)fired->counts);
  free(fired);
}
