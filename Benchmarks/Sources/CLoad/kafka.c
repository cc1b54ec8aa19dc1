#include "kafka.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "load.h"
#include "timers.h"

static double process_cpu_seconds(void) { return (double)nanoseconds_of(CLOCK_PROCESS_CPUTIME_ID) / 1e9; }

rd_kafka_t *kafka_client(rd_kafka_type_t type, const char *const *properties) {
  char text[512];
  rd_kafka_conf_t *configuration = rd_kafka_conf_new();
  for (; *properties; properties += 2) {
    if (rd_kafka_conf_set(configuration, properties[0], properties[1], text, sizeof text) != RD_KAFKA_CONF_OK) {
      fprintf(stderr, "%s\n", text);
      rd_kafka_conf_destroy(configuration);
      return NULL;
    }
  }
  rd_kafka_t *client = rd_kafka_new(type, configuration, text, sizeof text);
  if (!client) {
    fprintf(stderr, "%s\n", text);
    rd_kafka_conf_destroy(configuration);
  }
  return client;
}

rd_kafka_t *kafka_reader(const char *brokers, const char *topic, int partitions, const char *wait_ms) {
  const char *properties[] = {"bootstrap.servers", brokers, "group.id", "bench", "enable.auto.commit", "false",
                              "fetch.wait.max.ms", wait_ms, "reconnect.backoff.max.ms", "200", "log_level", "0", NULL};
  rd_kafka_t *client = kafka_client(RD_KAFKA_CONSUMER, properties);
  if (!client) return NULL;
  rd_kafka_poll_set_consumer(client);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; i++) {
    rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(client, list);
  rd_kafka_topic_partition_list_destroy(list);
  return client;
}

static void noted(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
  (void)client;
  if (message->err) ++*(int64_t *)opaque;
}

int bench_kafka_fill(const char *brokers, const char *topic, const bench_load *load, bench_load_result *result) {
  memset(result, 0, sizeof *result);
  const char *properties[] = {"bootstrap.servers", brokers, "linger.ms", "5", "queue.buffering.max.messages", "200000",
                              "acks", "1", "log_level", "0", NULL};
  char text[512];
  rd_kafka_conf_t *configuration = rd_kafka_conf_new();
  for (const char **p = properties; *p; p += 2) rd_kafka_conf_set(configuration, p[0], p[1], text, sizeof text);
  rd_kafka_conf_set_dr_msg_cb(configuration, noted);
  rd_kafka_conf_set_opaque(configuration, &result->refused);
  double cpu = process_cpu_seconds();
  int64_t start = monotonic_us();
  rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, text, sizeof text);
  if (!client) {
    rd_kafka_conf_destroy(configuration);
    return 1;
  }
  rd_kafka_topic_t *object = rd_kafka_topic_new(client, topic, NULL);
  char payload[3072];
  int payload_length = timer_payload(payload, load->payload_bytes);
  for (int64_t index = 0; index < load->count; index++) {
    char value[4096], key[64];
    int key_length = timer_key(load, index, key);
    int length = sprintf(value, "{\"command\":\"create\",\"groupId\":\"bench\",\"timer\":");
    length += timer_body(load, index, payload, payload_length, value + length);
    value[length++] = '}';
    while (rd_kafka_produce(object, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, (size_t)length, key,
                            (size_t)key_length, NULL) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
      rd_kafka_poll(client, 100);
    }
    if (index % 1000 == 0) rd_kafka_poll(client, 0);
  }
  int error = rd_kafka_flush(client, 60000) != RD_KAFKA_RESP_ERR_NO_ERROR;
  result->created = load->count - result->refused;
  result->seconds = (double)(monotonic_us() - start) / 1e6;
  result->cpu_seconds = process_cpu_seconds() - cpu;
  rd_kafka_topic_destroy(object);
  rd_kafka_destroy(client);
  return error;
}

int bench_kafka_read(const char *brokers, const char *topic, int partitions, int64_t count,
                     bench_load_result *result) {
  memset(result, 0, sizeof *result);
  rd_kafka_t *client = kafka_reader(brokers, topic, partitions, "20");
  if (!client) return 1;
  rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
  rd_kafka_message_t *messages[1000];
  int64_t start = monotonic_us();
  double cpu = process_cpu_seconds();
  while (result->created < count && monotonic_us() - start < 120000000) {
    ssize_t got = rd_kafka_consume_batch_queue(queue, 20, messages, 1000);
    for (ssize_t i = 0; i < got; i++) {
      if (messages[i]->err) {
        result->refused++;
      } else {
        result->created++;
      }
      rd_kafka_message_destroy(messages[i]);
    }
  }
  result->seconds = (double)(monotonic_us() - start) / 1e6;
  result->cpu_seconds = process_cpu_seconds() - cpu;
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(client);
  rd_kafka_destroy(client);
  return result->created < count;
}
