#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "http.h"
#include "load.h"

#define ANSWER_BYTES 8192

typedef struct {
  int descriptor;
  int64_t index;  // Of the creation that waits for its answer; -1 if there is none.
  int64_t sent_at;
  size_t count;
  char bytes[ANSWER_BYTES];
} client;

int64_t bench_due_ms(const bench_load *load, int64_t index) {
  if (load->due_per_second <= 0) return load->due_ms;
  return load->due_ms + (int64_t)((double)index * 1000 / load->due_per_second);
}

static int payload(char *text, int bytes) {
  int length = sprintf(text, "{\"order\":\"");
  while (length < bytes - 2) text[length++] = 'x';
  text[length++] = '"';
  text[length++] = '}';
  return length;
}

static int request(const bench_load *load, int64_t index, const char *payload, int payload_length, char *text) {
  char id[24], body[4096];
  bench_id(load->first + index, load->random_ids, id);
  int64_t due = bench_due_ms(load, index);
  time_t seconds = due / 1000;
  struct tm parts;
  gmtime_r(&seconds, &parts);
  int length = sprintf(
    body,
    "{\"id\":\"%s\",\"executeAt\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\","
    "\"callbackUrl\":\"http://127.0.0.1:%d/callbacks\",\"payload\":%.*s}",
    id, parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
    (int)(due % 1000), load->callback_port, payload_length, payload);
  return sprintf(
    text,
    "POST /groups/bench/timers HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-type: application/json\r\n"
    "content-length: %d\r\n\r\n%s",
    load->port, length, body);
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
  int content_length = payload(content, load->payload_bytes);
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
