// Headers of the system that Swift's Glibc does not have, and a call that it cannot make.
#ifndef TIMERD_CEPOLL_SHIM_H
#define TIMERD_CEPOLL_SHIM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <fcntl.h>
#include <unistd.h>

// How many bytes have arrived at a socket and were not read; zero where the kernel does not say.
static inline int timerd_unread_bytes(int socket) {
  int count = 0;
  return ioctl(socket, FIONREAD, &count) == 0 ? count : 0;
}

// Lets `descriptor` be another name of `other` from now on; what it stood for is closed.
static inline int timerd_replace(int descriptor, int other) {
  if (dup2(other, descriptor) < 0) return -1;
  return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

#endif
