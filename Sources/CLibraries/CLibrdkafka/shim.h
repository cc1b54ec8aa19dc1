// librdkafka 2.0.2. What is variadic or a cast in C has a wrapper here, since Swift cannot call it.
#ifndef TIMERD_CLIBRDKAFKA_SHIM_H
#define TIMERD_CLIBRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>

// Queues a copy of the message; on success the headers belong to librdkafka, on failure still to the caller.
// A key or value of which the pointer is NULL is none; partition -1 leaves the choice to the key.
static inline rd_kafka_resp_err_t timerd_kafka_produce(
    rd_kafka_t *handle, const char *topic, int32_t partition, const void *key, size_t key_length,
    const void *value, size_t value_length, rd_kafka_headers_t *headers, void *opaque) {
  return rd_kafka_producev(
      handle, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY(key, key_length),
      RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}

// The topic of a message, whose name librdkafka owns as long as the message lives.
static inline const char *timerd_kafka_message_topic(const rd_kafka_message_t *message) {
  return message->rkt ? rd_kafka_topic_name(message->rkt) : "";
}

#endif
