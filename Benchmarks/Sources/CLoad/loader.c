#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "http.h"
#include "load.h"
#include "timers.h"

#define ANSWER_BYTES 8192

typedef struct {
  int descriptor;
  int64_t index;  // Of the creation that waits for its answer; -1 if there is none.
  int64_t sent_at;
  size_t count;
  char bytes[ANSWER_BYTES];
} client;

static int request(const bench_load *load, int64_t index, const char *payload, int payload_length, char *text) {
  char body[4096];
  int length = timer_body(load, index, payload, payload_length, body);
  return sprintf(
    text,
    "POST /groups/bench/timers HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-type: application/json\r\n"
    "content-length: %d\r\n\r\n%.*s",
    load->port, length, length, body);
}

static int send_next(client *c, const bench_load *load, int64_t *next, const char *payload, int payload_length) {
  c->index = -1;
  if (*next == load->count) return 0;
  char text[8192];
  int length = request(load, *next, payload, payload_length, text);
  c->index = (*next)++;
  c->sent_at = monotonic_us();
  return send(c->descriptor, text, (size_t)length, MSG_NOSIGNAL) == length ? 0 : errno;
}

// Takes an answer, or a part of it; whether it was the last part.
static int take_answer(client *c, uint32_t *latencies_us, bench_load_result *result, int *error) {
  ssize_t got = recv(c->descriptor, c->bytes + c->count, ANSWER_BYTES - c->count, 0);
  if (got <= 0) {
    *error = got < 0 ? errno : ECONNRESET;
    return 0;
  }
  c->count += (size_t)got;
  size_t head = 0;
  if (!http_message_length(c->bytes, c->count, &head)) return 0;
  c->count = 0;
  latencies_us[c->index] = (uint32_t)(monotonic_us() - c->sent_at);
  if (memcmp(c->bytes + 9, "201", 3) == 0) {
    result->created++;
  } else {
    result->refused++;
  }
  return 1;
}

int bench_create(const bench_load *load, uint32_t *latencies_us, bench_load_result *result) {
  memset(result, 0, sizeof *result);
  char content[3072];
  int content_length = timer_payload(content, load->payload_bytes);
  client *clients = calloc((size_t)load->connections, sizeof *clients);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  int error = 0, opened = 0;
  int64_t next = 0;
  for (; opened < load->connections && !error; opened++) {
    client *c = &clients[opened];
    c->descriptor = http_connect(load->other_port && opened % 2 ? load->other_port : load->port);
    if (c->descriptor < 0) error = errno;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->descriptor, &event);
  }
  double cpu = thread_cpu_seconds();
  int64_t start = monotonic_us();
  for (int i = 0; i < opened && !error; i++) error = send_next(&clients[i], load, &next, content, content_length);
  struct epoll_event events[256];
  while (!error && result->created + result->refused < load->count) {
    int count = epoll_wait(epoll, events, 256, 30000);
    if (count == 0) error = ETIMEDOUT;
    for (int i = 0; i < count && !error; i++) {
      client *c = events[i].data.ptr;
      if (take_answer(c, latencies_us, result, &error)) {
        error = send_next(c, load, &next, content, content_length);
      }
    }
  }
  result->seconds = (double)(monotonic_us() - start) / 1e6;
  result->cpu_seconds = thread_cpu_seconds() - cpu;
  for (int i = 0; i < opened; i++) close(clients[i].descriptor);
  close(epoll);
  free(clients);
  return error;
}
