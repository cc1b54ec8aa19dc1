// Two headers of the system that Swift's Glibc does not have.
#ifndef TIMERD_CEPOLL_SHIM_H
#define TIMERD_CEPOLL_SHIM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>

#endif
