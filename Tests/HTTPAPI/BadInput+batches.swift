import TestSupport

extension BadInput {
  /// Requests that name many timers.
  static let namedTimers: [BadInput] = ["batchGet", "batchCancel"].flatMap { verb -> [BadInput] in
    let target = "/groups/g/timers:\(verb)"
    let bodies = [
      ("{}", "#/ids"), ("{\"ids\": null}", "#/ids"), ("{\"ids\": []}", "#/ids"),
      ("{\"ids\": \"a\"}", "#/ids"),
      ("{\"ids\": {}}", "#/ids"), ("[\"a\"]", "#"), ("{\"ids\": [\"a\"], \"all\": true}", "#/all"),
      ("{\"ids\": [\"a\"], \"ids\": [\"a\"]}", "#/ids"),
      ("{\"ids\": [\(String(repeating: "\"a\", ", count: 1000))\"a\"]}", "#/ids"),
    ]
    return bodies.map { body, pointer in
      .rejected(
        "\(verb) \(body.prefix(40))", WireRequest("POST", target, json: body), 422, "invalid-timer", pointer)
    } + [
      .rejected(
        "\(verb) of no JSON", WireRequest("POST", target, json: "{\"ids\": ["), 400, "unreadable-body"),
      .rejected("\(verb) by GET", WireRequest("GET", target), 405, "method-not-allowed"),
      .rejected(
        "\(verb) in a group with a blank",
        WireRequest("POST", "/groups/a%20b/timers:\(verb)", json: "{\"ids\": [\"a\"]}"), 422, "invalid-timer",
        "#/groupId"),
    ]
  }
}
