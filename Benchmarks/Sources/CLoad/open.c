#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "client.h"
#include "clocks.h"
#include "http.h"
#include "load.h"

// Below the usual limit of 1,024 descriptors of a process, and of requests in flight of a node.
#define MOST_CONNECTIONS 512
#define TIMEOUT_US 15000000

struct bench_open {
  bench_load load;
  pthread_t thread;
  double per_second;
  int64_t start_us;       // Of the monotonic clock.
  int64_t wall_start_us;  // The same moment of the wall clock.
  _Atomic int ends;
  _Atomic int64_t ended;
  _Atomic double cpu_seconds;
  _Atomic uint16_t *statuses;
  uint32_t *latencies_us;  // Written before the status.
};

typedef struct {
  bench_open *open;
  requests texts;
  client clients[MOST_CONNECTIONS];
  client *idle[MOST_CONNECTIONS];  // Connected, without a request.
  int idle_count;
  client *closed[MOST_CONNECTIONS];
  int closed_count;
  int epoll;
  int timer;
  int64_t next;  // The first creation that was not sent.
} loop;

static int64_t planned_us(const bench_open *open, int64_t index) {
  return (int64_t)((double)index * 1e6 / open->per_second);
}

// Notes the end of a creation; its latency counts from the planned time, since what a slow answer keeps waiting has waited.
static void end(loop *l, client *c, int status) {
  bench_open *open = l->open;
  int64_t latency = monotonic_us() - open->start_us - planned_us(open, c->index);
  open->latencies_us[c->index] = latency < UINT32_MAX ? (uint32_t)latency : UINT32_MAX;
  open->statuses[c->index] = (uint16_t)status;
  c->index = -1;
  open->ended++;
}

static int connect_client(loop *l, client *c) {
  c->descriptor = http_connect(l->open->load.port);
  if (c->descriptor < 0) return 0;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->descriptor, &event);
  return 1;
}

static void drop(loop *l, client *c) {
  epoll_ctl(l->epoll, EPOLL_CTL_DEL, c->descriptor, NULL);
  close(c->descriptor);
  c->descriptor = -1;
  if (c->index >= 0) {
    end(l, c, BENCH_UNANSWERED);
  } else {
    int place = 0;
    while (place < l->idle_count && l->idle[place] != c) place++;
    if (place < l->idle_count) l->idle[place] = l->idle[--l->idle_count];
  }
  l->closed[l->closed_count++] = c;
}

// A client that can send; another connection is opened while all are busy. NULL if there are too many.
static client *free_client(loop *l) {
  if (l->idle_count > 0) return l->idle[--l->idle_count];
  if (l->closed_count == 0) return NULL;
  client *c = l->closed[l->closed_count - 1];
  if (!connect_client(l, c)) return NULL;
  l->closed_count--;
  return c;
}

// Sends what the schedule says, and sets the timer to the creation after that.
static void send_due(loop *l) {
  bench_open *open = l->open;
  while (l->next < open->load.count) {
    int64_t at = open->start_us + planned_us(open, l->next);
    if (at > monotonic_us()) {
      struct itimerspec time = {.it_value = {.tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000}};
      timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &time, NULL);
      return;
    }
    client *c = free_client(l);
    if (!c) return;
    if (client_send(c, &l->texts, l->next++) != 0) drop(l, c);
  }
}

static void receive(loop *l, client *c) {
  int taken = client_take(c);
  if (taken == 0) return;
  if (taken < 0 || c->index < 0) {
    drop(l, c);
    return;
  }
  end(l, c, client_status(c));
  l->idle[l->idle_count++] = c;
}

static void drop_stalled(loop *l) {
  int64_t now = monotonic_us();
  for (int i = 0; i < MOST_CONNECTIONS; i++) {
    client *c = &l->clients[i];
    if (c->index >= 0 && now - c->sent_at > TIMEOUT_US) drop(l, c);
  }
}

static void work(loop *l) {
  bench_open *open = l->open;
  struct epoll_event events[256];
  int64_t checked_at = monotonic_us();
  while (!open->ends && open->ended < open->load.count) {
    send_due(l);
    int count = epoll_wait(l->epoll, events, 256, 100);
    for (int i = 0; i < count; i++) {
      uint64_t times;
      if (events[i].data.ptr) {
        receive(l, events[i].data.ptr);
      } else if (read(l->timer, &times, sizeof times) < 0) {
        continue;  // Set to a later time meanwhile.
      }
    }
    if (monotonic_us() - checked_at > 1000000) {
      drop_stalled(l);
      checked_at = monotonic_us();
    }
    open->cpu_seconds = thread_cpu_seconds();
  }
}

static void *run(void *argument) {
  loop *l = calloc(1, sizeof *l);
  l->open = argument;
  requests_init(&l->texts, &l->open->load);
  l->epoll = epoll_create1(EPOLL_CLOEXEC);
  l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->timer, &event);
  for (int i = 0; i < MOST_CONNECTIONS; i++) {
    client *c = &l->clients[i];
    client_init(c, &l->open->load);
    if (i < l->open->load.connections && connect_client(l, c)) {
      l->idle[l->idle_count++] = c;
    } else {
      l->closed[l->closed_count++] = c;
    }
  }
  work(l);
  for (int i = 0; i < MOST_CONNECTIONS; i++) {
    if (l->clients[i].descriptor >= 0) close(l->clients[i].descriptor);
    client_free(&l->clients[i]);
  }
  close(l->timer);
  close(l->epoll);
  requests_free(&l->texts);
  free(l);
  return NULL;
}

bench_open *bench_open_start(const bench_load *load, double per_second, int64_t lead_ms) {
  bench_open *open = calloc(1, sizeof *open);
  open->load = *load;
  open->load.batch = 0;
  open->load.topic = NULL;
  open->load.due_per_second = per_second;
  open->per_second = per_second;
  open->statuses = calloc((size_t)load->count + 1, sizeof *open->statuses);
  open->latencies_us = calloc((size_t)load->count + 1, sizeof *open->latencies_us);
  open->start_us = monotonic_us();
  open->wall_start_us = bench_wall_us();
  open->load.due_ms = open->wall_start_us / 1000 + lead_ms;
  if (pthread_create(&open->thread, NULL, run, open) == 0) return open;
  free((void *)open->statuses);
  free(open->latencies_us);
  free(open);
  return NULL;
}

int64_t bench_open_ended(const bench_open *open) { return open->ended; }
int64_t bench_open_planned_us(const bench_open *open, int64_t index) {
  return open->wall_start_us + planned_us(open, index);
}
int64_t bench_open_due_ms(const bench_open *open, int64_t index) { return bench_due_ms(&open->load, index); }
int bench_open_status(const bench_open *open, int64_t index) { return open->statuses[index]; }
uint32_t bench_open_latency_us(const bench_open *open, int64_t index) { return open->latencies_us[index]; }
double bench_open_cpu_seconds(const bench_open *open) { return open->cpu_seconds; }

void bench_open_stop(bench_open *open) {
  open->ends = 1;
  pthread_join(open->thread, NULL);
  free((void *)open->statuses);
  free(open->latencies_us);
  free(open);
}
