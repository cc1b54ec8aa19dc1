#define _GNU_SOURCE
#include "http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "load.h"

int64_t bench_wall_us(void) { return nanoseconds_of(CLOCK_REALTIME) / 1000; }

size_t http_message_length(const char *bytes, size_t count, size_t *head_length) {
  const char *end = memmem(bytes, count, "\r\n\r\n", 4);
  if (!end) return 0;
  *head_length = (size_t)(end - bytes) + 4;
  size_t body = 0;
  for (const char *line = bytes; line < end;) {
    const char *next = memchr(line, '\n', (size_t)(end + 2 - line));
    if (!next) break;
    line = next + 1;
    if (end - line > 15 && (*line == 'c' || *line == 'C') && strncasecmp(line, "content-length:", 15) == 0) {
      body = (size_t)strtoul(line + 15, NULL, 10);
      break;
    }
  }
  return *head_length + body <= count ? *head_length + body : 0;
}

int http_connect(int port) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int one = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

int bench_get(int port, const char *path, char *body, int capacity) {
  int descriptor = http_connect(port);
  if (descriptor < 0) return -1;
  struct timeval limit = {.tv_sec = 10};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char buffer[1 << 18];
  int length = snprintf(buffer, sizeof buffer, "GET %s HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", path);
  int status = -1;
  if (send(descriptor, buffer, (size_t)length, MSG_NOSIGNAL) == length) {
    size_t count = 0, head = 0, total = 0;
    while (count < sizeof buffer && !(total = http_message_length(buffer, count, &head))) {
      ssize_t got = recv(descriptor, buffer + count, sizeof buffer - count, 0);
      if (got <= 0) break;
      count += (size_t)got;
    }
    if (total && count > 12) {
      status = atoi(buffer + 9);
      size_t size = total - head;
      if (size > (size_t)capacity - 1) size = (size_t)capacity - 1;
      memcpy(body, buffer + head, size);
      body[size] = 0;
    }
  }
  close(descriptor);
  return status;
}
