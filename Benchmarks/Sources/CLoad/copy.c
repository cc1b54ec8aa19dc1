#include <postgresql/libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "load.h"
#include "timers.h"

typedef struct {
  const char *database;
  const bench_load *load;
  int number;  // Of this connection; batches take turns.
  int connections;
  int batch;
  int error;
  double cpu_seconds;
} copier;

static int row(const bench_load *load, int64_t index, const char *payload, int payload_length, char *text) {
  char id[24];
  int64_t number = load->first + index, due = bench_due_ms(load, index);
  bench_id(number, load->random_ids, id);
  return sprintf(text,
                 "%lld\t%lld\t1764000000000\t1764000000000\t%08llx-0000-4000-8000-%012llx\t%d\t0\tbench\t%s\t"
                 "{\"http\":{\"url\":\"http://127.0.0.1:%d/callbacks\"}}\t%.*s\n",
                 (long long)due, (long long)due, (unsigned long long)(number * 2654435761u & 0xffffffff),
                 (unsigned long long)number, (int)(number % 64), id, load->callback_port, payload_length, payload);
}

static int copy_batch(PGconn *connection, const bench_load *load, int64_t first, int64_t end, const char *payload,
                      int payload_length) {
  PGresult *begun = PQexec(connection,
                           "COPY timerd.timers (due_at, execute_at, created_at, updated_at, firing_id, shard, phase, "
                           "group_id, timer_id, destination, payload) FROM STDIN");
  int ok = PQresultStatus(begun) == PGRES_COPY_IN;
  PQclear(begun);
  for (int64_t index = first; index < end && ok; index++) {
    char text[4096];
    ok = PQputCopyData(connection, text, row(load, index, payload, payload_length, text)) == 1;
  }
  ok = ok && PQputCopyEnd(connection, NULL) == 1;
  PGresult *result;
  while ((result = PQgetResult(connection))) {
    ok = ok && PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
  }
  if (!ok) fprintf(stderr, "%s", PQerrorMessage(connection));
  return ok;
}

static void *run(void *argument) {
  copier *c = argument;
  char payload[3072];
  int payload_length = timer_payload(payload, c->load->payload_bytes);
  PGconn *connection = PQconnectdb(c->database);
  c->error = PQstatus(connection) != CONNECTION_OK;
  for (int64_t first = (int64_t)c->number * c->batch; first < c->load->count && !c->error;
       first += (int64_t)c->connections * c->batch) {
    int64_t end = first + c->batch < c->load->count ? first + c->batch : c->load->count;
    c->error = !copy_batch(connection, c->load, first, end, payload, payload_length);
  }
  PQfinish(connection);
  c->cpu_seconds = thread_cpu_seconds();
  return NULL;
}

int bench_copy(const char *database, const bench_load *load, int connections, int batch, bench_load_result *result) {
  memset(result, 0, sizeof *result);
  pthread_t threads[16];
  copier copiers[16];
  if (connections > 16) connections = 16;
  int64_t start = monotonic_us();
  for (int i = 0; i < connections; i++) {
    copiers[i] = (copier){.database = database, .load = load, .number = i, .connections = connections, .batch = batch};
    pthread_create(&threads[i], NULL, run, &copiers[i]);
  }
  int error = 0;
  for (int i = 0; i < connections; i++) {
    pthread_join(threads[i], NULL);
    error = error || copiers[i].error;
    result->cpu_seconds += copiers[i].cpu_seconds;
  }
  result->seconds = (double)(monotonic_us() - start) / 1e6;
  result->created = error ? 0 : load->count;
  return error;
}
