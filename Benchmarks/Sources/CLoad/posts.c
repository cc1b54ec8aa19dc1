#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "load.h"

static const char body[] =
  "{\"groupId\":\"bench\",\"timerId\":\"x000000000000\",\"executeAt\":\"2026-01-01T00:00:00.000Z\",\"attempt\":1,"
  "\"payload\":{\"order\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}}";

static size_t ignore(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes, (void)context;
  return size * count;
}

static CURL *transfer(const char *url, struct curl_slist *headers) {
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)sizeof body - 1);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  return easy;
}

static struct curl_slist *usual_headers(void) {
  static const char *lines[] = {
    "content-type: application/json", "webhook-id: 0123456789abcdef0123456789abcdef", "webhook-timestamp: 1764000000",
    "traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", "user-agent: timerd", "expect:"};
  struct curl_slist *list = NULL;
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) list = curl_slist_append(list, lines[i]);
  return list;
}

int bench_posts(int port, int64_t count, int concurrency, bench_posts_result *result) {
  memset(result, 0, sizeof *result);
  char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%d/callbacks", port);
  struct curl_slist *headers = usual_headers();
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
  CURL **all = calloc((size_t)concurrency, sizeof *all);
  int64_t started = 0, ended = 0;
  double cpu = thread_cpu_seconds();
  int64_t start = monotonic_us();
  for (int i = 0; i < concurrency; i++) {
    all[i] = transfer(url, headers);
    curl_multi_add_handle(multi, all[i]);
    started++;
  }
  int failed = 0;
  while (ended < count && !failed) {
    int running = 0, left = 0;
    curl_multi_perform(multi, &running);
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
      CURL *easy = message->easy_handle;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      failed = failed || message->data.result != CURLE_OK || status != 200;
      ended++;
      curl_multi_remove_handle(multi, easy);
      if (started < count) {
        curl_multi_add_handle(multi, easy);
        started++;
      }
    }
    if (ended < count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  result->delivered = ended;
  result->seconds = (double)(monotonic_us() - start) / 1e6;
  result->cpu_seconds = thread_cpu_seconds() - cpu;
  for (int i = 0; i < concurrency; i++) curl_easy_cleanup(all[i]);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  free(all);
  return failed;
}
