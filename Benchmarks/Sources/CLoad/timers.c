#include "timers.h"

#include <stdio.h>
#include <time.h>

int64_t bench_due_ms(const bench_load *load, int64_t index) {
  if (load->due_per_second <= 0) return load->due_ms;
  return load->due_ms + (int64_t)((double)index * 1000 / load->due_per_second);
}

int timer_payload(char *text, int bytes) {
  int length = sprintf(text, "{\"order\":\"");
  while (length < bytes - 2) text[length++] = 'x';
  text[length++] = '"';
  text[length++] = '}';
  return length;
}

int timer_key(const bench_load *load, int64_t index, char *text) {
  char id[24];
  bench_id(load->first + index, load->random_ids, id);
  return sprintf(text, "bench/%s", id);
}

static int destination(const bench_load *load, int64_t index, char *text) {
  if (!load->topic) return sprintf(text, "\"callbackUrl\":\"http://127.0.0.1:%d/callbacks\"", load->callback_port);
  int length = sprintf(text, "\"destination\":{\"kafka\":{\"topic\":\"%s\"", load->topic);
  if (load->keys > 0) length += sprintf(text + length, ",\"key\":\"k%d\"", (int)(index % load->keys));
  return length + sprintf(text + length, "}}");
}

int timer_body(const bench_load *load, int64_t index, const char *payload, int payload_length, char *text) {
  char id[24], where[512];
  bench_id(load->first + index, load->random_ids, id);
  destination(load, index, where);
  int64_t due = bench_due_ms(load, index);
  time_t seconds = due / 1000;
  struct tm parts;
  gmtime_r(&seconds, &parts);
  return sprintf(text, "{\"id\":\"%s\",\"executeAt\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\",%s,\"payload\":%.*s}", id,
                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                 (int)(due % 1000), where, payload_length, payload);
}
