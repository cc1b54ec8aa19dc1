#ifndef TIMERD_BENCH_KAFKA_H
#define TIMERD_BENCH_KAFKA_H

#include <librdkafka/rdkafka.h>

// A client with properties, name after name and value, up to NULL; NULL if there is none, and why is printed.
rd_kafka_t *kafka_client(rd_kafka_type_t type, const char *const *properties);

// A consumer that reads `partitions` partitions of a topic from their beginning.
rd_kafka_t *kafka_reader(const char *brokers, const char *topic, int partitions, const char *wait_ms);

#endif
