// The client, the receiver and the limit that the service is measured with. In C, on one thread each, so that what they
// cost is small and is known: every result carries the CPU time of its own thread.
#ifndef TIMERD_BENCH_LOAD_H
#define TIMERD_BENCH_LOAD_H

#include <stdint.h>

// Microseconds of the wall clock.
int64_t bench_wall_us(void);

// A receiver of callbacks: answers each POST with an empty 200 and notes when it came.
typedef struct bench_receiver bench_receiver;

// Listens on a free port of 127.0.0.1; NULL if that fails.
bench_receiver *bench_receiver_start(void);
int bench_receiver_port(const bench_receiver *receiver);
// Forgets everything and expects the timers numbered from 0 to `capacity` - 1. Only while nothing arrives.
void bench_receiver_expect(bench_receiver *receiver, int64_t capacity);
// How many callbacks came in all, copies included.
int64_t bench_receiver_total(const bench_receiver *receiver);
// How many of the expected timers came at least once.
int64_t bench_receiver_distinct(const bench_receiver *receiver);
// When a timer came first, in microseconds of the wall clock; 0 if it did not.
int64_t bench_receiver_arrival(const bench_receiver *receiver, int64_t number);
// How often it came.
int bench_receiver_count(const bench_receiver *receiver, int64_t number);
double bench_receiver_cpu_seconds(const bench_receiver *receiver);

// A closed loop: each connection sends its next creation when the last one was answered.
typedef struct {
  int port;
  int other_port;  // Of every second connection; 0 if there is none.
  int connections;
  int64_t first;          // The number of the first timer.
  int64_t count;
  int64_t due_ms;         // When the first is due.
  double due_per_second;  // How many are due per second from then on; 0: all at once.
  int payload_bytes;
  int random_ids;         // Ids without any order, instead of rising ones.
  int callback_port;
  const char *topic;      // Where timers fire to Kafka; NULL for callbacks.
  int keys;               // How many keys take turns there; 0: each timer has the service's own.
  int batch;              // How many timers a request creates; 0 or 1: one, not by the request for several.
} bench_load;

typedef struct {
  int64_t created;
  int64_t refused;        // Answered, but not by 201, or with another status in the answer for several.
  double seconds;
  double cpu_seconds;
} bench_load_result;

// Creates timers; `latencies_us` has room for one per request. 0, or an errno.
int bench_create(const bench_load *load, uint32_t *latencies_us, bench_load_result *result);

// An open loop, on a thread of its own: creation `index` is sent at its time, `index` / `per_second` after the start, however
// slow the answers are. More connections than the load's are opened while all are busy, up to 512.
typedef struct bench_open bench_open;

// The status of a creation that was sent and not answered within 15 seconds, or whose connection was lost.
#define BENCH_UNANSWERED 1

// Starts it; each timer is due `lead_ms` after the planned time of its creation. NULL if that fails.
bench_open *bench_open_start(const bench_load *load, double per_second, int64_t lead_ms);
// How many creations have ended.
int64_t bench_open_ended(const bench_open *open);
// When a creation is planned, in microseconds of the wall clock.
int64_t bench_open_planned_us(const bench_open *open, int64_t index);
int64_t bench_open_due_ms(const bench_open *open, int64_t index);
// The HTTP status of a creation; 0 if it has not ended.
int bench_open_status(const bench_open *open, int64_t index);
// From the planned time of a creation to its end.
uint32_t bench_open_latency_us(const bench_open *open, int64_t index);
double bench_open_cpu_seconds(const bench_open *open);
// Ends it, also before all creations have ended.
void bench_open_stop(bench_open *open);

// When timer `index` of a load is due.
int64_t bench_due_ms(const bench_load *load, int64_t index);
// The id of the timer with a number; `id` has room for 20 characters and the NUL.
void bench_id(int64_t number, int random_ids, char *id);

// POSTs of the size of a callback by one thread of libcurl's multi interface.
typedef struct {
  int64_t delivered;
  double seconds;
  double cpu_seconds;
} bench_posts_result;

int bench_posts(int port, int64_t count, int concurrency, bench_posts_result *result);

// Stands between clients of librdkafka 2.0 and a broker whose newer answers it cannot read; does not return while it works.
// SIGUSR1 cuts all connections and refuses new ones, until SIGUSR2.
int bench_kafka_proxy(int port, int broker_port);

// Produces the commands that create the timers of a load. 0, or not all were acknowledged.
int bench_kafka_fill(const char *brokers, const char *topic, const bench_load *load, bench_load_result *result);

// Reads records of a topic from its beginning and throws them away. The CPU time is that of this process.
int bench_kafka_read(const char *brokers, const char *topic, int partitions, int64_t count, bench_load_result *result);

// A consumer of fired timers, on a thread of its own: notes when each came.
typedef struct bench_fired bench_fired;

// Reads a topic from its beginning and expects the timers numbered from `first` to `first` + `count` - 1; NULL if that fails.
bench_fired *bench_fired_start(const char *brokers, const char *topic, int partitions, int64_t first, int64_t count);
// As of a receiver, by the number less `first`.
int64_t bench_fired_distinct(const bench_fired *fired);
int64_t bench_fired_arrival(const bench_fired *fired, int64_t index);
int bench_fired_count(const bench_fired *fired, int64_t index);
// How many came after one of the same key that is due later.
int64_t bench_fired_disordered(const bench_fired *fired);
void bench_fired_stop(bench_fired *fired);

// Copies the rows of a load into the service's table, `batch` rows to a transaction, over so many connections.
int bench_copy(const char *database, const bench_load *load, int connections, int batch, bench_load_result *result);

// One GET; the status, or -1. The body goes to `body`, cut to `capacity` - 1 bytes.
int bench_get(int port, const char *path, char *body, int capacity);

// CPU seconds of a process, and of its children for servers that fork, those that have ended included.
double bench_process_cpu_seconds(int pid);
long bench_process_resident_bytes(int pid);
// The most that was resident since its start.
long bench_process_peak_bytes(int pid);
// Context switches of the threads that a process has.
int64_t bench_process_switches(int pid);

#endif
