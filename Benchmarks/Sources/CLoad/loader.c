#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client.h"
#include "clocks.h"
#include "http.h"
#include "load.h"

static int send_next(client *c, requests *r, int64_t *next) {
  c->index = -1;
  if (*next >= r->load->count) return 0;
  int64_t index = *next;
  *next += timers_per_request(r->load);
  return client_send(c, r, index);
}

// Counts the timers of an answer.
static void count_answer(const client *c, const bench_load *load, uint32_t *latencies_us, bench_load_result *result) {
  int64_t size = timers_per_request(load), left = load->count - c->index;
  int64_t created = client_created(c, load);
  latencies_us[c->index / size] = (uint32_t)(monotonic_us() - c->sent_at);
  result->created += created;
  result->refused += (left < size ? left : size) - created;
}

int bench_create(const bench_load *load, uint32_t *latencies_us, bench_load_result *result) {
  memset(result, 0, sizeof *result);
  requests texts;
  requests_init(&texts, load);
  client *clients = calloc((size_t)load->connections, sizeof *clients);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  int error = 0, opened = 0;
  int64_t next = 0;
  for (; opened < load->connections && !error; opened++) {
    client *c = &clients[opened];
    client_init(c, load);
    c->descriptor = http_connect(load->other_port && opened % 2 ? load->other_port : load->port);
    if (c->descriptor < 0) error = errno;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->descriptor, &event);
  }
  double cpu = thread_cpu_seconds();
  int64_t start = monotonic_us();
  for (int i = 0; i < opened && !error; i++) error = send_next(&clients[i], &texts, &next);
  struct epoll_event events[256];
  while (!error && result->created + result->refused < load->count) {
    int count = epoll_wait(epoll, events, 256, 30000);
    if (count == 0) error = ETIMEDOUT;
    for (int i = 0; i < count && !error; i++) {
      client *c = events[i].data.ptr;
      int taken = client_take(c);
      if (taken < 0) error = errno;
      if (taken <= 0) continue;
      if (c->index < 0) {
        error = EPROTO;  // An answer that nothing was asked for.
        continue;
      }
      count_answer(c, load, latencies_us, result);
      error = send_next(c, &texts, &next);
    }
  }
  result->seconds = (double)(monotonic_us() - start) / 1e6;
  result->cpu_seconds = thread_cpu_seconds() - cpu;
  for (int i = 0; i < opened; i++) {
    if (clients[i].descriptor >= 0) close(clients[i].descriptor);
    client_free(&clients[i]);
  }
  close(epoll);
  free(clients);
  requests_free(&texts);
  return error;
}
