#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "load.h"

#define BUFFER_BYTES (1 << 18)
#define API_VERSIONS 18
#define UNSUPPORTED_VERSION 35

typedef struct pair {
  int client;
  int broker;
  int users;  // Threads that still use it; under the lock.
  struct pair *next;
} pair;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pair *pairs;

static int send_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return 0;
    bytes += sent;
    count -= (size_t)sent;
  }
  return 1;
}

static int32_t int32_at(const char *bytes) {
  int32_t value;
  memcpy(&value, bytes, 4);
  return (int32_t)ntohl((uint32_t)value);
}

static int16_t int16_at(const char *bytes) {
  int16_t value;
  memcpy(&value, bytes, 2);
  return (int16_t)ntohs((uint16_t)value);
}

// One that asks in a form whose answer librdkafka 2.0 could not read; it will ask again in the oldest form.
static int refuse(int client, const char *request) {
  char answer[14] = {0, 0, 0, 10};
  memcpy(answer + 4, request + 8, 4);
  answer[9] = UNSUPPORTED_VERSION;
  return send_all(client, answer, sizeof answer);
}

static void pass_requests(pair *p, char *buffer) {
  while (recv(p->client, buffer, 12, MSG_WAITALL) == 12) {
    size_t left = (size_t)int32_at(buffer) - 8;
    int is_refused = int16_at(buffer + 4) == API_VERSIONS && int16_at(buffer + 6) >= 3;
    if (is_refused ? !refuse(p->client, buffer) : !send_all(p->broker, buffer, 12)) return;
    while (left > 0) {
      ssize_t got = recv(p->client, buffer, left < BUFFER_BYTES ? left : BUFFER_BYTES, 0);
      if (got <= 0 || (!is_refused && !send_all(p->broker, buffer, (size_t)got))) return;
      left -= (size_t)got;
    }
  }
}

static void pass_answers(pair *p, char *buffer) {
  ssize_t got;
  while ((got = recv(p->broker, buffer, BUFFER_BYTES, 0)) > 0 && send_all(p->client, buffer, (size_t)got)) {
  }
}

static void leave(pair *p) {
  shutdown(p->client, SHUT_RDWR);
  shutdown(p->broker, SHUT_RDWR);
  pthread_mutex_lock(&lock);
  if (--p->users == 0) {
    close(p->client);
    close(p->broker);
    for (pair **place = &pairs; *place; place = &(*place)->next) {
      if (*place == p) {
        *place = p->next;
        break;
      }
    }
    free(p);
  }
  pthread_mutex_unlock(&lock);
}

static void *requests(void *argument) {
  char *buffer = malloc(BUFFER_BYTES);
  pass_requests(argument, buffer);
  free(buffer);
  leave(argument);
  return NULL;
}

static void *answers(void *argument) {
  char *buffer = malloc(BUFFER_BYTES);
  pass_answers(argument, buffer);
  free(buffer);
  leave(argument);
  return NULL;
}

static void begin(int client, int broker_port) {
  int broker = http_connect(broker_port);
  if (broker < 0) {
    close(client);
    return;
  }
  int one = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  pair *p = calloc(1, sizeof *p);
  *p = (pair){.client = client, .broker = broker, .users = 2};
  pthread_mutex_lock(&lock);
  p->next = pairs;
  pairs = p;
  pthread_mutex_unlock(&lock);
  pthread_t thread;
  if (pthread_create(&thread, NULL, requests, p) == 0) pthread_detach(thread);
  if (pthread_create(&thread, NULL, answers, p) == 0) pthread_detach(thread);
}

static int listen_on(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
    close(listener);
    return -1;
  }
  return listener;
}

static void cut(void) {
  pthread_mutex_lock(&lock);
  for (pair *p = pairs; p; p = p->next) {
    shutdown(p->client, SHUT_RDWR);
    shutdown(p->broker, SHUT_RDWR);
  }
  pthread_mutex_unlock(&lock);
}

int bench_kafka_proxy(int port, int broker_port) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGUSR2);
  // Before any thread is made, so that all of them leave these to the descriptor.
  sigprocmask(SIG_BLOCK, &signals, NULL);
  struct pollfd polled[2] = {{.fd = signalfd(-1, &signals, SFD_CLOEXEC), .events = POLLIN},
                             {.fd = listen_on(port), .events = POLLIN}};
  if (polled[0].fd < 0 || polled[1].fd < 0) return 1;
  while (poll(polled, 2, -1) >= 0) {
    if (polled[0].revents & POLLIN) {
      struct signalfd_siginfo signal;
      if (read(polled[0].fd, &signal, sizeof signal) != sizeof signal) return 1;
      if (signal.ssi_signo == SIGUSR1) {
        close(polled[1].fd);
        polled[1].fd = -1;
        cut();
      } else if (polled[1].fd < 0 && (polled[1].fd = listen_on(port)) < 0) {
        return 1;
      }
      polled[1].revents = 0;
    }
    if (polled[1].fd >= 0 && polled[1].revents & POLLIN) {
      int client = accept4(polled[1].fd, NULL, NULL, SOCK_CLOEXEC);
      if (client >= 0) begin(client, broker_port);
    }
  }
  return 1;
}
