import TestSupport

extension BadInput {
  /// Requests that fire or redrive a timer.
  static let redrives: [BadInput] = [
    fires("fire"), fires("redrive"), redriveTimes, redrivePolicies(of: "redrive"),
  ].flatMap { $0 }

  /// Requests that are refused by either.
  private static func fires(_ verb: String) -> [BadInput] {
    let target = "/groups/g/timers/t/\(verb)"
    func post(_ json: String) -> WireRequest { WireRequest("POST", target, json: json) }
    return [
      .rejected("\(verb) with no JSON", post("{"), 400, "unreadable-body"),
      .rejected("\(verb) with an array", post("[]"), 422, "invalid-timer", "#"),
      .rejected("\(verb) with null", post("null"), 422, "invalid-timer", "#"),
      .rejected("\(verb) with a payload", post("{\"payload\": 1}"), 422, "invalid-timer", "#/payload"),
      .rejected(
        "\(verb) with a URL", post("{\"callbackUrl\": \"http://a.b/\"}"), 422, "invalid-timer",
        "#/callbackUrl"),
      .rejected(
        "\(verb) with two unknown members", post("{\"id\": 1, \"all\": true}"), 422, "invalid-timer",
        "#/id", "#/all"),
      .rejected(
        "\(verb) with text",
        WireRequest("POST", target, headers: [("content-type", "text/plain")], json: "{}"), 415,
        "unsupported-media-type"),
      .rejected(
        "\(verb) with an open quote", WireRequest("POST", target, headers: [("if-match", "\"1")]), 400,
        "malformed-request"),
      .rejected("\(verb) by GET", WireRequest("GET", target), 405, "method-not-allowed"),
      .rejected("\(verb) by PUT", WireRequest("PUT", target, json: "{}"), 405, "method-not-allowed"),
      .rejected("\(verb) of nothing", WireRequest("POST", target), 404, "timer-not-found"),
      .rejected(
        "\(verb) of a group and an id with blanks",
        WireRequest("POST", "/groups/a%20b/timers/c%20d/\(verb)"), 422, "invalid-timer", "#/groupId",
        "#/timerId"),
      .rejected(
        "\(verb) in all groups", WireRequest("POST", "/groups/-/timers/t/\(verb)"), 422, "invalid-timer",
        "#/groupId"),
    ]
  }

  private static let redriveTimes: [BadInput] = [
    again("fire", "\"executeAt\": \"2026-11-23T15:31:00Z\"", "#/executeAt"),
    again("redrive", "\"executeAt\": null", "#/executeAt"),
    again("redrive", "\"executeAt\": 17", "#/executeAt"),
    again("redrive", "\"executeAt\": \"now\"", "#/executeAt"),
    again("redrive", "\"executeAt\": \"1969-12-31T23:59:59Z\"", "#/executeAt"),
    again("redrive", "\"executeAt\": \"2036-12-01T00:00:00Z\"", "#/executeAt"),
    again(
      "redrive", "\"executeAt\": \"2026-11-23T15:31:00Z\", \"executeAt\": \"2026-11-23T15:31:00Z\"",
      "#/executeAt"),
  ]

  private static func redrivePolicies(of verb: String) -> [BadInput] {
    let policies: [(policy: String, pointer: String)] = [
      ("[]", ""), ("\"never\"", ""), ("{\"maxAttempts\": 0}", "/maxAttempts"),
      ("{\"maxAttempts\": 101}", "/maxAttempts"), ("{\"attempts\": 3}", "/attempts"),
      ("{\"initialInterval\": \"1m\", \"maxInterval\": \"30s\"}", "/maxInterval"),
    ]
    return policies.map { again(verb, "\"retryPolicy\": \($0.policy)", "#/retryPolicy\($0.pointer)") }
  }

  private static func again(_ verb: String, _ members: String, _ pointer: String) -> BadInput {
    .rejected(
      "\(verb) with \(members.prefix(60))",
      WireRequest("POST", "/groups/g/timers/t/\(verb)", json: "{\(members)}"), 422, "invalid-timer", pointer)
  }
}
