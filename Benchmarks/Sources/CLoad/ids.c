#define _GNU_SOURCE
#include "ids.h"

#include <stdio.h>
#include <string.h>

#include "load.h"

// An odd factor permutes the 64-bit numbers; the other one is its inverse.
static const uint64_t factor = 0x9e3779b97f4a7c15u;
static const uint64_t inverse = 0xf1de83e19937733du;

void bench_id(int64_t number, int random_ids, char *id) {
  if (random_ids) {
    sprintf(id, "r%016llx", (unsigned long long)((uint64_t)number * factor));
  } else {
    sprintf(id, "o%012lld", (long long)number);
  }
}

static int64_t digits(const char *text, const char *end, int base, int length) {
  if (end - text < length) return -1;
  uint64_t value = 0;
  for (int i = 0; i < length; i++) {
    char c = text[i];
    uint64_t digit = c <= '9' ? (uint64_t)(c - '0') : (uint64_t)(c - 'a') + 10;
    if (digit >= (uint64_t)base) return -1;
    value = value * (uint64_t)base + digit;
  }
  return (int64_t)(base == 16 ? value * inverse : value);
}

int64_t number_of_body(const char *body, const char *end) {
  static const char name[] = "\"timerId\":\"";
  const char *at = memmem(body, (size_t)(end - body), name, sizeof name - 1);
  if (!at || end - at < (long)sizeof name) return -1;
  return number_of_id(at + sizeof name - 1, end);
}

int64_t number_of_id(const char *id, const char *end) {
  if (id == end) return -1;
  if (*id == 'r') return digits(id + 1, end, 16, 16);
  if (*id == 'o') return digits(id + 1, end, 10, 12);
  return -1;
}
