// Swift cannot call variadic functions: one typed wrapper for each kind of argument.
#ifndef TIMERD_CLIBCURL_SHIM_H
#define TIMERD_CLIBCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode timerd_setopt_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode timerd_setopt_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode timerd_setopt_pointer(CURL *easy, CURLoption option, const void *value) {
  return curl_easy_setopt(easy, option, value);
}

typedef size_t (*timerd_write_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode timerd_setopt_write(CURL *easy, CURLoption option, timerd_write_callback callback) {
  return curl_easy_setopt(easy, option, callback);
}

typedef curl_socket_t (*timerd_socket_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode timerd_setopt_opensocket(CURL *easy, timerd_socket_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode timerd_setopt_closesocket(CURL *easy, curl_closesocket_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}

static inline CURLcode timerd_setopt_prereq(CURL *easy, curl_prereq_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

typedef int (*timerd_debug_callback)(CURL *easy, curl_infotype type, char *bytes, size_t count, void *context);

static inline CURLcode timerd_setopt_debug(CURL *easy, timerd_debug_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, callback);
}

static inline CURLcode timerd_getinfo_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode timerd_getinfo_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode timerd_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode timerd_multi_setopt_sockets(CURLM *multi, curl_socket_callback callback, void *context) {
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}

static inline CURLMcode timerd_multi_setopt_timer(CURLM *multi, curl_multi_timer_callback callback, void *context) {
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}

// A member of a C union, which Swift does not import.
static inline CURLcode timerd_message_result(const CURLMsg *message) { return message->data.result; }

#endif
