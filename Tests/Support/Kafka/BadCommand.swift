/// An invalid or rejected record, and the expected problem.
package struct BadCommand: Sendable {
  /// The error that it contains.
  package let name: String
  package let key: String?
  /// Its value; nil is a tombstone.
  package let value: [UInt8]?
  /// The kind of the problem, as docs/errors.md lists them.
  package let kind: String
  /// The pointer of the first violation; nil if none is listed.
  package let pointer: String?

  init(_ name: String, _ value: String?, _ kind: String, _ pointer: String? = nil, key: String? = "g/t") {
    self.init(name, bytes: value.map { Array($0.utf8) }, kind, pointer, key: key)
  }

  init(_ name: String, bytes: [UInt8]?, _ kind: String, _ pointer: String? = nil, key: String? = "g/t") {
    (self.name, self.value, self.kind, self.pointer, self.key) = (name, bytes, kind, pointer, key)
  }

  /// True if it is rejected whatever came before it.
  package var isBadAnywhere: Bool {
    !["id-taken", "revision-mismatch", "not-scheduled", "not-dead"].contains(kind)
  }

  private static let timer = "\"executeAt\":\"2099-01-01T00:00:00Z\",\"callbackUrl\":\"http://a/\""
  private static let soon = "\"executeAt\":\"2027-01-01T00:00:00Z\""

  private static func create(_ members: String) -> String {
    "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":{\(members)}}"
  }

  /// In the order in which they are produced, after the creation of `taken` and the cancel of `over`.
  package static let all: [BadCommand] = [
    BadCommand("no JSON", "create", "unreadable-body"),
    BadCommand("empty", "", "unreadable-body"),
    BadCommand("cut off", "{\"command\":\"create\"", "unreadable-body"),
    BadCommand("two texts", "{} {}", "unreadable-body"),
    BadCommand("no UTF-8", bytes: [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], "unreadable-body"),
    BadCommand("too deep", String(repeating: "[", count: 200), "unreadable-body"),
    BadCommand("an array", "[]", "invalid-timer", "#"),
    BadCommand("a number", "17", "invalid-timer", "#"),
    BadCommand("no command", "{\"groupId\":\"g\"}", "invalid-timer", "#/command"),
    BadCommand("unknown command", "{\"command\":\"pause\",\"groupId\":\"g\"}", "invalid-timer", "#/command"),
    BadCommand("command is not a string", "{\"command\":1}", "invalid-timer", "#/command"),
    BadCommand(
      "unknown member", "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"t\",\"why\":1}",
      "invalid-timer", "#/why"),
    BadCommand(
      "twenty thousand unknown members",
      "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"t\""
        + (0..<20_000).map { ",\"m\($0)\":1" }.joined() + "}", "invalid-timer", "#/m0"),
    BadCommand(
      "a name that is longer than a place may be",
      "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"t\",\"\(String(repeating: "é", count: 100_000))\":1}",
      "invalid-timer", "#"),
    BadCommand(
      "member of another command",
      "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"t\",\"timer\":{}}",
      "invalid-timer", "#/timer"),
    BadCommand(
      "a member twice", "{\"command\":\"cancel\",\"groupId\":\"g\",\"groupId\":\"g\",\"timerId\":\"t\"}",
      "invalid-timer", "#/groupId"),
    BadCommand("no group", "{\"command\":\"cancel\",\"timerId\":\"t\"}", "invalid-timer", "#/groupId"),
    BadCommand("no timer id", "{\"command\":\"cancel\",\"groupId\":\"g\"}", "invalid-timer", "#/timerId"),
    BadCommand(
      "a group with a slash", "{\"command\":\"cancel\",\"groupId\":\"g/h\",\"timerId\":\"t\"}",
      "invalid-timer",
      "#/groupId"),
    BadCommand("no timer", "{\"command\":\"create\",\"groupId\":\"g\"}", "invalid-timer", "#/timer"),
    BadCommand(
      "timer is not an object", "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":[]}", "invalid-timer",
      "#/timer"),
    BadCommand(
      "no time", create("\"id\":\"t\",\"callbackUrl\":\"http://a/\""), "invalid-timer", "#/timer/executeAt"),
    BadCommand(
      "no such day",
      create("\"id\":\"t\",\"executeAt\":\"2027-02-30T00:00:00Z\",\"callbackUrl\":\"http://a/\""),
      "invalid-timer", "#/timer/executeAt"),
    BadCommand("too far", create("\"id\":\"t\",\(timer)"), "invalid-timer", "#/timer/executeAt"),
    BadCommand("no destination", create("\"id\":\"t\",\(soon)"), "invalid-timer", "#/timer/callbackUrl"),
    BadCommand(
      "no such scheme", create("\"id\":\"t\",\(soon),\"callbackUrl\":\"ftp://a/\""), "invalid-timer",
      "#/timer/callbackUrl"),
    BadCommand(
      "no such topic", create("\"id\":\"t\",\(soon),\"destination\":{\"kafka\":{\"topic\":\"a b\"}}"),
      "invalid-timer", "#/timer/destination/kafka/topic"),
    BadCommand(
      "a header that is ours",
      create("\"id\":\"t\",\(soon),\"destination\":{\"kafka\":{\"headers\":{\"ce_id\":\"1\"}}}"),
      "invalid-timer", "#/timer/destination/kafka/headers/ce_id"),
    BadCommand(
      "two destinations",
      create("\"id\":\"t\",\(soon),\"destination\":{\"kafka\":{},\"http\":{\"url\":\"http://a/\"}}"),
      "invalid-timer", "#/timer/destination"),
    BadCommand(
      "a key that is too long",
      create(
        "\"id\":\"t\",\(soon),\"destination\":{\"kafka\":{\"key\":\"\(String(repeating: "k", count: 1025))\"}}"
      ),
      "invalid-timer", "#/timer/destination/kafka/key"),
    BadCommand(
      "too many attempts",
      create("\"id\":\"t\",\(soon),\"callbackUrl\":\"http://a/\",\"retryPolicy\":{\"maxAttempts\":1000}"),
      "invalid-timer", "#/timer/retryPolicy/maxAttempts"),
    BadCommand(
      "an invalid id", create("\"id\":\"a/b\",\(soon),\"callbackUrl\":\"http://a/\""), "invalid-timer",
      "#/timer/id"),
    BadCommand(
      "a payload that is too large",
      create(
        "\"id\":\"t\",\(soon),\"callbackUrl\":\"http://a/\",\"payload\":\"\(String(repeating: "p", count: 270_000))\""
      ),
      "body-too-large", "#/timer/payload"),
    BadCommand(
      "two megabytes", bytes: [UInt8](repeating: UInt8(ascii: " "), count: 2 << 20), "body-too-large", "#"),
    BadCommand(
      "no changes", "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"t\"}", "invalid-timer",
      "#/changes"),
    BadCommand(
      "a change to null",
      "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"t\",\"changes\":{\"executeAt\":null}}",
      "invalid-timer", "#/changes/executeAt"),
    BadCommand(
      "no such revision",
      "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"t\",\"changes\":{},\"ifRevision\":0}",
      "invalid-timer", "#/ifRevision"),
    BadCommand("a tombstone without key", nil, "invalid-timer", "#", key: nil),
    BadCommand("a tombstone with half a key", nil, "invalid-timer", "#", key: "g"),
    BadCommand("a tombstone of a group", nil, "invalid-timer", "#/timerId", key: "g/"),
    BadCommand("a tombstone of nothing", nil, "timer-not-found", key: "g/nothing"),
    BadCommand(
      "an update of nothing",
      "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"nothing\",\"changes\":{}}", "timer-not-found"),
    BadCommand(
      "a cancel of nothing", "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"nothing\"}",
      "timer-not-found"),
    BadCommand(
      "an id that is taken", create("\"id\":\"taken\",\(soon),\"callbackUrl\":\"http://other/\""), "id-taken"),
    BadCommand(
      "another revision", "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"taken\",\"ifRevision\":9}",
      "revision-mismatch"),
    BadCommand(
      "an update of what is over",
      "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"over\",\"changes\":{\(soon)}}", "not-scheduled"
    ),
    BadCommand(
      "a fire with a time", "{\"command\":\"fire\",\"groupId\":\"g\",\"timerId\":\"taken\",\(soon)}",
      "invalid-timer", "#/executeAt"),
    BadCommand(
      "a redrive to null",
      "{\"command\":\"redrive\",\"groupId\":\"g\",\"timerId\":\"over\",\"executeAt\":null}", "invalid-timer",
      "#/executeAt"),
    BadCommand(
      "a fire of nothing", "{\"command\":\"fire\",\"groupId\":\"g\",\"timerId\":\"nothing\"}",
      "timer-not-found"),
    BadCommand(
      "a redrive of nothing", "{\"command\":\"redrive\",\"groupId\":\"g\",\"timerId\":\"nothing\"}",
      "timer-not-found"),
    BadCommand(
      "a fire of what is over", "{\"command\":\"fire\",\"groupId\":\"g\",\"timerId\":\"over\"}",
      "not-scheduled"),
    BadCommand(
      "a redrive of what is over", "{\"command\":\"redrive\",\"groupId\":\"g\",\"timerId\":\"over\"}",
      "not-dead"),
    BadCommand(
      "a redrive of another revision",
      "{\"command\":\"redrive\",\"groupId\":\"g\",\"timerId\":\"taken\",\"ifRevision\":9}",
      "revision-mismatch"),
  ]
}
