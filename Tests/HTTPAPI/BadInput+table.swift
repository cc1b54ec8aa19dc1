import TestSupport

extension BadInput {
  static let table: [BadInput] = [
    bodies, shapes, ids, times, urls, headers, policies, requests, batches, tags, namedTimers, queries,
    redrives,
  ].flatMap { $0 }

  private static let batches: [BadInput] = [
    .invalid(batch: "no member", "{}", "#/timers"),
    .invalid(batch: "null", "{\"timers\": null}", "#/timers"),
    .invalid(batch: "an object", "{\"timers\": {}}", "#/timers"),
    .invalid(batch: "no timer", "{\"timers\": []}", "#/timers"),
    .invalid(batch: "an array alone", "[{}]", "#"),
    .invalid(batch: "another member", "{\"timers\": [{}], \"atomic\": true}", "#/atomic"),
    .invalid(batch: "timers twice", "{\"timers\": [{}], \"timers\": [{}]}", "#/timers"),
    .invalid(
      batch: "1,001 timers", "{\"timers\": [\(String(repeating: "{}, ", count: 1000)){}]}", "#/timers"),
    .invalid(
      batch: "a million values", "{\"timers\": [\(String(repeating: "0,", count: 1_000_000))0]}", "#/timers"),
    .rejected(
      "an open batch", WireRequest("POST", "/groups/g/timers:batchCreate", json: "{\"timers\": [{}"), 400,
      "unreadable-body"),
    .rejected(
      "a batch in a group with a blank",
      WireRequest("POST", "/groups/a%20b/timers:batchCreate", json: "{\"timers\": [{}]}"), 422,
      "invalid-timer", "#/groupId"),
    .rejected(
      "reading a batch", WireRequest("GET", "/groups/g/timers:batchCreate"), 405, "method-not-allowed"),
    .rejected(
      "an unknown verb", WireRequest("POST", "/groups/g/timers:batchcreate", json: "{}"), 404,
      "unknown-path"),
  ]

  private static let bodies: [BadInput] = [
    .unreadable("an empty body", ""),
    .unreadable("an open object", "{"),
    .unreadable("two values", "{} {}"),
    .unreadable("a trailing comma", "{\"id\": \"a\",}"),
    .unreadable("single quotes", "{'id': 'a'}"),
    .unreadable("NaN", "{\"payload\": NaN}"),
    .unreadable("a number with a leading zero", "{\"payload\": 01}"),
    .unreadable("a hexadecimal number", "{\"payload\": 0x10}"),
    .unreadable("an unknown escape", "{\"id\": \"\\x41\"}"),
    .unreadable("a line break inside a string", "{\"id\": \"a\nb\"}"),
    .unreadable("a NUL byte inside a string", Array("{\"id\": \"a\0\"}".utf8)),
    .unreadable("a NUL byte after the end", Array("{}\0".utf8)),
    .unreadable("invalid UTF-8", Array("{\"payload\": \"".utf8) + [0xff, 0xfe] + Array("\"}".utf8)),
    .unreadable("overlong UTF-8", Array("{\"payload\": \"".utf8) + [0xc0, 0xaf] + Array("\"}".utf8)),
    .unreadable("a surrogate in UTF-8", Array("{\"id\": \"".utf8) + [0xed, 0xa0, 0x80] + Array("\"}".utf8)),
    .unreadable("UTF-16", [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
    .unreadable("a byte order mark", [0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
    .unreadable(
      "arrays 65 deep",
      "{\"payload\": " + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}"),
    .unreadable("arrays 100,000 deep", String(repeating: "[", count: 100_000)),
    .unreadable("objects 50,000 deep", String(repeating: "{\"a\":", count: 50_000)),
  ]

  private static let shapes: [BadInput] = [
    .invalid("an array", "[]", "#"),
    .invalid("a string", "\"timer\"", "#"),
    .invalid("null", "null", "#"),
    .invalid("an empty object", "{}", "#/executeAt", "#/callbackUrl"),
    .invalid(
      "everything wrong at once", "{\"id\": 1, \"executeAt\": 2, \"callbackUrl\": 3, \"color\": 4}",
      "#/color", "#/id", "#/executeAt", "#/callbackUrl"),
    .invalid("color", is: "\"red\""),
    .invalid("a~b/c d", is: "1", "#/a~0b~1c%20d"),
    .invalid("ExecuteAt", is: "\"2026-11-23T15:31:00Z\""),
    .invalid(
      "the id twice",
      "{\"id\":\"a\",\"id\":\"b\",\"executeAt\":\"2026-11-23T15:31:00Z\",\"callbackUrl\":\"http://a.b/\"}",
      "#/id"),
    .invalid(
      "the id twice, once with an escape",
      "{\"id\":\"a\",\"\\u0069d\":\"b\",\"executeAt\":\"2026-11-23T15:31:00Z\",\"callbackUrl\":\"http://a.b/\"}",
      "#/id"),
  ]

  private static let ids: [BadInput] = [
    .invalid("id", is: "17"), .invalid("id", is: "true"), .invalid("id", is: "\"\""),
    .invalid("id", is: "\"a b\""), .invalid("id", is: "\"a/b\""), .invalid("id", is: "\"a\\u0000b\""),
    .invalid("id", is: "\"\\ud800\""), .invalid("id", is: "\"..\""), .invalid("id", is: "\"ü\""),
    .invalid("id", is: "\"a%20b\""), .invalid("id", is: "\"\(String(repeating: "a", count: 256))\""),
  ]

  private static let times: [BadInput] = [
    .invalid("executeAt", is: "null"), .invalid("executeAt", is: "1795447800"),
    .invalid("executeAt", is: "\"\""), .invalid("executeAt", is: "\"tomorrow\""),
    .invalid("executeAt", is: "\"2026-11-23\""), .invalid("executeAt", is: "\"2026-11-23T15:30:00\""),
    .invalid("executeAt", is: "\"2026-13-01T00:00:00Z\""),
    .invalid("executeAt", is: "\"2026-02-29T00:00:00Z\""),
    .invalid("executeAt", is: "\"2026-11-23T24:00:00Z\""),
    .invalid("executeAt", is: "\"2026-11-23T15:60:00Z\""),
    .invalid("executeAt", is: "\"2026-11-23T15:30:61Z\""),
    .invalid("executeAt", is: "\"2026-11-23T15:30:00+24:00\""),
    .invalid("executeAt", is: "\"1969-12-31T23:59:59Z\""),
    .invalid("executeAt", is: "\"2036-12-01T00:00:00Z\""),
    .invalid("executeAt", is: "\"9999-12-31T23:59:59Z\""),
    .invalid("executeAt", is: "\"10000-01-01T00:00:00Z\""),
    .invalid("executeAt", is: "\"2026-11-23T15:30:00Z\\u0000\""),
    .invalid("callbackTimeoutSeconds", is: "0"), .invalid("callbackTimeoutSeconds", is: "31"),
    .invalid("callbackTimeoutSeconds", is: "-1"), .invalid("callbackTimeoutSeconds", is: "1.5"),
    .invalid("callbackTimeoutSeconds", is: "\"15\""),
    .invalid("callbackTimeoutSeconds", is: "99999999999999999999"),
    .invalid("callbackTimeoutSeconds", is: "1e400"),
  ]

  private static let urls: [BadInput] = [
    .invalid("callbackUrl", is: "null"), .invalid("callbackUrl", is: "1"),
    .invalid("callbackUrl", is: "\"\""),
    .invalid("callbackUrl", is: "\"/path\""), .invalid("callbackUrl", is: "\"example.com\""),
    .invalid("callbackUrl", is: "\"ftp://example.com/\""),
    .invalid("callbackUrl", is: "\"file:///etc/passwd\""),
    .invalid("callbackUrl", is: "\"javascript:alert(1)\""), .invalid("callbackUrl", is: "\"http:///path\""),
    .invalid("callbackUrl", is: "\"http://user:secret@example.com/\""),
    .invalid("callbackUrl", is: "\"http://example.com/#part\""),
    .invalid("callbackUrl", is: "\"http://example.com/a b\""),
    .invalid("callbackUrl", is: "\"http://exämple.com/\""),
    .invalid("callbackUrl", is: "\"http://example.com:0/\""),
    .invalid("callbackUrl", is: "\"http://example.com:65536/\""),
    .invalid("callbackUrl", is: "\"http://example.com/\\r\\nx: y\""),
    .invalid("callbackUrl", is: "\"http://[::1/\""),
    .invalid("callbackUrl", is: "\"http://example.com/\(String(repeating: "a", count: 2030))\""),
    .invalid("destination", is: "\"http://example.com/\""),
    .invalid("destination", is: "{}", "#/destination/http"),
    .invalid("destination", is: "{\"http\": {}}", "#/destination/http/url"),
    .invalid("destination", is: "{\"http\": \"http://example.com/\"}", "#/destination/http"),
    .invalid("destination", is: "{\"kafka\": {\"topic\": \"t\"}}", "#/destination/kafka"),
    .invalid("destination", is: "{\"smtp\": {}}", "#/destination/smtp", "#/destination/http"),
    .invalid(
      "callbackUrl and destination",
      """
      {"executeAt": "2026-11-23T15:31:00Z", "callbackUrl": "http://a.b/", "destination": {"http": {"url": "http://a.b/"}}}
      """, "#/destination"),
  ]

  private static let headers: [BadInput] =
    [
      ("Host", "\"a\"", "Host"), ("content-LENGTH", "\"1\"", "content-LENGTH"),
      ("transfer-encoding", "\"chunked\"", "transfer-encoding"), ("Connection", "\"close\"", "Connection"),
      ("webhook-id", "\"1\"", "webhook-id"), ("Webhook-Extra", "\"1\"", "Webhook-Extra"),
      ("proxy-authorization", "\"1\"", "proxy-authorization"), ("traceparent", "\"1\"", "traceparent"),
      ("x", "1", "x"), ("x", "null", "x"), ("x", "\"a\\r\\nb: c\"", "x"), ("x", "\"a\\u0000\"", "x"),
      ("x", "\" a\"", "x"), ("x", "\"ä\"", "x"), ("x", "\"\(String(repeating: "v", count: 1025))\"", "x"),
      ("", "\"a\"", ""), ("a b", "\"a\"", "a%20b"), ("a:b", "\"a\"", "a:b"),
    ].map { name, value, place in
      .invalid(
        "destination", is: "{\"http\": {\"url\": \"http://a.b/\", \"headers\": {\"\(name)\": \(value)}}}",
        "#/destination/http/headers/\(place)")
    } + [
      .invalid(
        "destination",
        is: "{\"http\": {\"url\": \"http://a.b/\", \"headers\": {\"x\": \"1\", \"X\": \"2\"}}}",
        "#/destination/http/headers/X"),
      .invalid(
        "destination", is: "{\"http\": {\"url\": \"http://a.b/\", \"headers\": [\"x\"]}}",
        "#/destination/http/headers"),
      .invalid(
        "destination",
        is: "{\"http\": {\"url\": \"http://a.b/\", \"headers\": {"
          + (0..<33).map { "\"x\($0)\": \"\"" }.joined(separator: ",") + "}}}",
        "#/destination/http/headers"),
    ]

  private static let policies: [BadInput] =
    [.invalid("retryPolicy", is: "\"never\""), .invalid("retryPolicy", is: "[]")]
    + [
      ("maxAttempts", "0"), ("maxAttempts", "101"), ("maxAttempts", "1.5"), ("maxAttempts", "\"3\""),
      ("maxAttempts", "1e400"), ("maxAttempts", "99999999999999999999"), ("maxAttempts", "-1"),
      ("initialInterval", "30"), ("initialInterval", "\"30\""), ("initialInterval", "\"-1s\""),
      ("initialInterval", "\"9ms\""), ("initialInterval", "\"2d\""), ("initialInterval", "\"1s1m\""),
      ("initialInterval", "\"9223372036854775807d\""), ("initialInterval", "\"\""),
      ("maxInterval", "\"1 s\""), ("maxInterval", "\"PT30S\""), ("maxAttemptsDuration", "\"0s\""),
      ("maxAttemptsDuration", "\"31d\""), ("backoffMultiplier", "0.5"), ("backoffMultiplier", "11"),
      ("backoffMultiplier", "1e999"), ("backoffMultiplier", "\"2\""), ("attempts", "3"),
    ].map { name, value in .invalid("retryPolicy", is: "{\"\(name)\": \(value)}", "#/retryPolicy/\(name)") }
    + [
      .invalid(
        "retryPolicy", is: "{\"initialInterval\": \"1m\", \"maxInterval\": \"30s\"}",
        "#/retryPolicy/maxInterval")
    ]

  private static let fine = "{\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\"}"
  private static let long = String(repeating: "a", count: 256)

  private static let requests: [BadInput] = [
    .rejected(
      "a payload over its limit",
      WireRequest(
        "POST", "/groups/g/timers",
        json: "{\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\", \"payload\": \""
          + String(repeating: "p", count: 262_144) + "\"}"),
      413, "body-too-large", "#/payload"),
    .rejected("a group with a space", post("/groups/a%20b/timers"), 422, "invalid-timer", "#/groupId"),
    .rejected("a group with a slash", post("/groups/a%2Fb/timers"), 422, "invalid-timer", "#/groupId"),
    .rejected("a group with NUL", post("/groups/%00/timers"), 422, "invalid-timer", "#/groupId"),
    .rejected("an empty group", post("/groups//timers"), 422, "invalid-timer", "#/groupId"),
    .rejected("a long group", post("/groups/\(long)/timers"), 422, "invalid-timer", "#/groupId"),
    .rejected("a group of dots", post("/groups/%2e%2E/timers"), 422, "invalid-timer", "#/groupId"),
    .rejected("a group of broken UTF-8", post("/groups/%FF/timers"), 400, "malformed-request"),
    .rejected("half an escape", post("/groups/%2/timers"), 400, "malformed-request"),
    .rejected("an escape of no digits", post("/groups/%zz/timers"), 400, "malformed-request"),
    .rejected(
      "both ids wrong", WireRequest("GET", "/groups/a%20b/timers/c%20d"), 422, "invalid-timer", "#/groupId",
      "#/timerId"),
    .rejected("an empty id", WireRequest("DELETE", "/groups/g/timers/"), 422, "invalid-timer", "#/timerId"),
    .rejected("an unknown path", WireRequest("GET", "/nowhere"), 404, "unknown-path"),
    .rejected("a path too long", WireRequest("GET", "/groups/g/timers/t/more"), 404, "unknown-path"),
    .rejected("another version", WireRequest("GET", "/api/v2/livez"), 404, "unknown-path"),
    .rejected("the root", WireRequest("GET", "/"), 404, "unknown-path"),
    .rejected(
      "PATCH of a group", WireRequest("PATCH", "/groups/g/timers", json: "{}"), 405, "method-not-allowed"),
    .rejected("POST to health", post("/livez"), 405, "method-not-allowed"),
    .rejected("OPTIONS", WireRequest("OPTIONS", "/groups/g/timers"), 405, "method-not-allowed"),
    .rejected("a body of text", typed("text/plain"), 415, "unsupported-media-type"),
    .rejected("a form", typed("application/x-www-form-urlencoded"), 415, "unsupported-media-type"),
    .rejected("an empty type", typed(""), 415, "unsupported-media-type"),
    .rejected("another charset", typed("application/json; charset=latin1"), 415, "unsupported-media-type"),
    .rejected(
      "an update with an id", WireRequest("PUT", "/groups/g/timers/t", json: "{\"id\": \"t\"}"), 422,
      "invalid-timer", "#/id"),
    .rejected(
      "an update that removes what must be there",
      WireRequest(
        "PUT", "/groups/g/timers/t",
        json: "{\"executeAt\": null, \"callbackUrl\": null, \"destination\": null}"),
      422, "invalid-timer", "#/executeAt", "#/callbackUrl", "#/destination"),
    .rejected(
      "an update of a wrong type", WireRequest("PUT", "/groups/g/timers/t", json: "{\"executeAt\": []}"), 422,
      "invalid-timer", "#/executeAt"),
    .rejected(
      "If-Match without quotes",
      WireRequest("PUT", "/groups/g/timers/t", headers: [("if-match", "1")], json: "{}"), 400,
      "malformed-request"),
    .rejected(
      "If-Match with an open quote",
      WireRequest("DELETE", "/groups/g/timers/t", headers: [("if-match", "\"1")]), 400, "malformed-request"),
  ]

  private static func post(_ target: String) -> WireRequest { WireRequest("POST", target, json: fine) }

  private static func typed(_ type: String) -> WireRequest {
    WireRequest("POST", "/groups/g/timers", headers: [("content-type", type)], json: fine)
  }
}
