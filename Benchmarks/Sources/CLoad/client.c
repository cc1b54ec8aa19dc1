#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clocks.h"
#include "http.h"
#include "timers.h"

// Room for a timer in a request, and for one in an answer.
#define TIMER_BYTES 4096
#define HEAD_BYTES 4096

int64_t timers_per_request(const bench_load *load) { return load->batch > 1 ? load->batch : 1; }

void requests_init(requests *r, const bench_load *load) {
  r->load = load;
  r->payload_length = timer_payload(r->payload, load->payload_bytes);
  size_t bytes = HEAD_BYTES + (size_t)timers_per_request(load) * TIMER_BYTES;
  r->body = malloc(bytes);
  r->text = malloc(bytes + HEAD_BYTES);
}

void requests_free(requests *r) {
  free(r->body);
  free(r->text);
}

static int one_body(requests *r, int64_t index, char *text) {
  return timer_body(r->load, index, r->payload, r->payload_length, text);
}

static int batch_body(requests *r, int64_t index) {
  int64_t end = index + r->load->batch < r->load->count ? index + r->load->batch : r->load->count;
  int length = sprintf(r->body, "{\"timers\":[");
  for (int64_t i = index; i < end; i++) {
    if (i > index) r->body[length++] = ',';
    length += one_body(r, i, r->body + length);
  }
  return length + sprintf(r->body + length, "]}");
}

static int request(requests *r, int64_t index) {
  int is_batch = r->load->batch > 1;
  int length = is_batch ? batch_body(r, index) : one_body(r, index, r->body);
  int head = sprintf(r->text,
                     "POST /groups/bench/timers%s HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-type: application/json\r\n"
                     "content-length: %d\r\n\r\n",
                     is_batch ? ":batchCreate" : "", r->load->port, length);
  memcpy(r->text + head, r->body, (size_t)length);
  return head + length;
}

void client_init(client *c, const bench_load *load) {
  *c = (client){.descriptor = -1, .index = -1};
  c->capacity = HEAD_BYTES + (size_t)timers_per_request(load) * TIMER_BYTES;
  c->bytes = malloc(c->capacity + 1);
}

void client_free(client *c) { free(c->bytes); }

int client_send(client *c, requests *r, int64_t index) {
  int length = request(r, index);
  c->index = index;
  c->count = 0;
  c->sent_at = monotonic_us();
  return send(c->descriptor, r->text, (size_t)length, MSG_NOSIGNAL) == length ? 0 : errno;
}

int client_take(client *c) {
  ssize_t got = recv(c->descriptor, c->bytes + c->count, c->capacity - c->count, 0);
  if (got <= 0) {
    if (got == 0) errno = ECONNRESET;
    return -1;
  }
  c->count += (size_t)got;
  c->bytes[c->count] = 0;
  size_t head = 0;
  return http_message_length(c->bytes, c->count, &head) > 0;
}

int client_status(const client *c) { return c->count > 12 ? atoi(c->bytes + 9) : 0; }

int64_t client_created(const client *c, const bench_load *load) {
  int status = client_status(c);
  if (load->batch <= 1) return status == 201;
  int64_t created = 0;
  static const char result[] = "\"status\":201";
  if (status != 200) return 0;
  for (const char *at = c->bytes; (at = strstr(at, result)); at += sizeof result - 1) created++;
  return created;
}
