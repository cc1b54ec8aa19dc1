#ifndef TIMERD_CLIBRDKAFKA_SHIM_H
#define TIMERD_CLIBRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>

#endif
