#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "http.h"
#include "ids.h"
#include "load.h"

// Room for a batch of spans.
#define BUFFER_BYTES (1 << 20)

typedef struct {
  int descriptor;
  size_t count;
  char bytes[BUFFER_BYTES];
} connection;

struct bench_receiver {
  int listener;
  int port;
  int epoll;
  pthread_t thread;
  int64_t capacity;
  _Atomic int64_t total;
  _Atomic int64_t distinct;
  _Atomic int64_t *arrivals;
  _Atomic uint16_t *counts;
};

static const char answer[] = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

static void note(bench_receiver *receiver, int64_t number) {
  if (number >= 0 && number < receiver->capacity) {
    uint16_t before = receiver->counts[number]++;
    if (before == 0) {
      receiver->arrivals[number] = bench_wall_us();
      receiver->distinct++;
    }
  }
  receiver->total++;
}

// Takes what has arrived on a connection; 0 if it is to be closed.
static int take(bench_receiver *receiver, connection *c) {
  ssize_t got = recv(c->descriptor, c->bytes + c->count, BUFFER_BYTES - c->count, 0);
  if (got <= 0) return 0;
  c->count += (size_t)got;
  size_t used = 0, head = 0, length;
  while ((length = http_message_length(c->bytes + used, c->count - used, &head))) {
    note(receiver, number_of_body(c->bytes + used + head, c->bytes + used + length));
    used += length;
    if (send(c->descriptor, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) return 0;
  }
  memmove(c->bytes, c->bytes + used, c->count - used);
  c->count -= used;
  return c->count < BUFFER_BYTES;
}

static void take_connection(bench_receiver *receiver) {
  int descriptor = accept4(receiver->listener, NULL, NULL, SOCK_CLOEXEC);
  if (descriptor < 0) return;
  int one = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection *c = calloc(1, sizeof *c);
  c->descriptor = descriptor;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(receiver->epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void *run(void *argument) {
  bench_receiver *receiver = argument;
  struct epoll_event events[256];
  while (1) {
    int count = epoll_wait(receiver->epoll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      connection *c = events[i].data.ptr;
      if (!c) {
        take_connection(receiver);
      } else if (!take(receiver, c)) {
        // Closing alone would not do it while a child, forked just now, still has a copy of the descriptor.
        epoll_ctl(receiver->epoll, EPOLL_CTL_DEL, c->descriptor, NULL);
        close(c->descriptor);
        free(c);
      }
    }
  }
  return NULL;
}

bench_receiver *bench_receiver_start(void) {
  bench_receiver *receiver = calloc(1, sizeof *receiver);
  receiver->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  receiver->epoll = epoll_create1(EPOLL_CLOEXEC);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (bind(receiver->listener, (struct sockaddr *)&address, sizeof address) < 0
      || listen(receiver->listener, 1024) < 0
      || getsockname(receiver->listener, (struct sockaddr *)&address, &length) < 0
      || epoll_ctl(receiver->epoll, EPOLL_CTL_ADD, receiver->listener, &event) < 0
      || pthread_create(&receiver->thread, NULL, run, receiver) != 0) {
    free(receiver);
    return NULL;
  }
  receiver->port = ntohs(address.sin_port);
  return receiver;
}

int bench_receiver_port(const bench_receiver *receiver) { return receiver->port; }

void bench_receiver_expect(bench_receiver *receiver, int64_t capacity) {
  receiver->capacity = 0;
  free(receiver->arrivals);
  free(receiver->counts);
  receiver->arrivals = calloc((size_t)capacity + 1, sizeof *receiver->arrivals);
  receiver->counts = calloc((size_t)capacity + 1, sizeof *receiver->counts);
  receiver->total = 0;
  receiver->distinct = 0;
  receiver->capacity = capacity;
}

int64_t bench_receiver_total(const bench_receiver *receiver) { return receiver->total; }
int64_t bench_receiver_distinct(const bench_receiver *receiver) { return receiver->distinct; }
int64_t bench_receiver_arrival(const bench_receiver *receiver, int64_t number) { return receiver->arrivals[number]; }
int bench_receiver_count(const bench_receiver *receiver, int64_t number) { return receiver->counts[number]; }

double bench_receiver_cpu_seconds(const bench_receiver *receiver) {
  clockid_t clock;
  if (pthread_getcpuclockid(receiver->thread, &clock) != 0) return 0;
  return (double)nanoseconds_of(clock) / 1e9;
}
