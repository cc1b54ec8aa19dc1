import TestSupport

extension BadInput {
  static let tags: [BadInput] =
    [
      .invalid("tags", is: "[]"), .invalid("tags", is: "\"customer:42\""), .invalid("tags", is: "42"),
      .invalid("tags", is: "{\"\": \"1\"}", "#/tags/"),
      .invalid("tags", is: "{\"a b\": \"1\"}", "#/tags/a%20b"),
      .invalid("tags", is: "{\"a:b\": \"1\"}", "#/tags/a:b"),
      .invalid("tags", is: "{\"ü\": \"1\"}", "#/tags/%C3%BC"),
      .invalid("tags", is: "{\"a\": 1}", "#/tags/a"), .invalid("tags", is: "{\"a\": null}", "#/tags/a"),
      .invalid("tags", is: "{\"a\": {}}", "#/tags/a"),
      .invalid("tags", is: "{\"a\": \"\\ud800\"}", "#/tags/a"),
      .invalid("tags", is: "{\"a\": \"1\", \"a\": \"2\"}", "#/tags/a"),
      .invalid("tags", is: "{\"a\": \"\(String(repeating: "x", count: 257))\"}", "#/tags/a"),
      .invalid(
        "tags", is: "{\"\(String(repeating: "n", count: 65))\": \"1\"}",
        "#/tags/\(String(repeating: "n", count: 65))"),
      .invalid(
        "tags", is: "{" + (0..<17).map { "\"t\($0)\": \"\"" }.joined(separator: ",") + "}", "#/tags"),
      .invalid("tags", is: "{\"a\": 1, \"b/c\": \"\"}", "#/tags/a", "#/tags/b~1c"),
    ] + [
      .rejected(
        "an update with a tag of a wrong type",
        WireRequest("PUT", "/groups/g/timers/t", json: "{\"tags\": {\"a\": true}}"), 422, "invalid-timer",
        "#/tags/a")
    ]
}
