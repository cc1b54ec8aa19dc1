import TestSupport
import Testing
import TimerModel
import TimerWire

@Suite struct CommandDecoderTests {
  static let now = Timestamp(milliseconds: 1_795_447_800_000)
  let decoder = CommandDecoder()

  @Test func readsTimerAndKeepsPayload() throws {
    let payload = "{ \"z\":12345678901234567890, \"a\" : 1e400 }"
    let body = """
      {"id":"o-1","executeAt":"2026-12-01T00:00:00Z","callbackUrl":"https://example.com/a?b",
       "payload": \(payload) ,"callbackTimeoutSeconds":20,"retryPolicy":{"maxAttempts":3}}
      """
    let command = try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
    #expect(command.key == TimerKey(groupID: "g", timerID: "o-1"))
    #expect(command.definition.payload == Array(payload.utf8))
    #expect(command.definition.callbackTimeoutSeconds == 20)
    var policy = RetryPolicy.standard
    policy.maxAttempts = 3
    #expect(command.definition.retryPolicy == policy)
  }

  @Test func problemDocumentIsBounded() {
    for bad in BadCommand.all where (bad.value?.count ?? 0) > 150_000 {
      let problem = #expect(throws: CommandError.self) {
        try decoder.decodeRecord(key: nil, value: bad.value, generatedID: "x", now: Self.now)
      }
      #expect(problem.map { ProblemDocument($0).json().count < 16_000 } == true, "\(bad.name)")
    }
  }

  @Test func generatesMissingIDs() throws {
    let body = "{\"executeAt\":\"2026-12-01T00:00:00Z\",\"callbackUrl\":\"http://a\"}"
    let ids = try (0..<2).map { _ in
      try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now).key.timerID
    }
    #expect(ids[0] != ids[1] && ids.allSatisfy(IDRule.allows))
  }

  /// The change to a good body, and the expected pointer.
  @Test(arguments: [
    ("\"id\":\"\"", "#/id"), ("\"id\":\"a/b\"", "#/id"), ("\"id\":\"..\"", "#/id"), ("\"id\":7", "#/id"),
    ("\"id\":\"\\u0000\"", "#/id"), ("\"id\":\"é\"", "#/id"), ("\"id\":\"a\",\"id\":\"b\"", "#/id"),
    ("\"executeAt\":\"tomorrow\"", "#/executeAt"), ("\"executeAt\":1795447800", "#/executeAt"),
    ("\"executeAt\":\"2026-02-30T00:00:00Z\"", "#/executeAt"),
    ("\"executeAt\":\"2099-01-01T00:00:00Z\"", "#/executeAt"),
    ("\"executeAt\":null", "#/executeAt"), ("\"callbackUrl\":\"ftp://a\"", "#/callbackUrl"),
    ("\"callbackUrl\":\"http://\"", "#/callbackUrl"), ("\"callbackUrl\":\"http://u:p@a/\"", "#/callbackUrl"),
    ("\"callbackUrl\":\"http://a/#f\"", "#/callbackUrl"),
    ("\"callbackUrl\":\"http://a:0/\"", "#/callbackUrl"),
    ("\"callbackUrl\":\"http://a:65536/\"", "#/callbackUrl"),
    ("\"callbackUrl\":\"http://a b/\"", "#/callbackUrl"),
    ("\"callbackTimeoutSeconds\":0", "#/callbackTimeoutSeconds"),
    ("\"callbackTimeoutSeconds\":1e999", "#/callbackTimeoutSeconds"),
    ("\"callbackTimeoutSeconds\":\"5\"", "#/callbackTimeoutSeconds"), ("\"retryPolicy\":[]", "#/retryPolicy"),
    ("\"retryPolicy\":{\"maxAttempts\":101}", "#/retryPolicy/maxAttempts"),
    ("\"retryPolicy\":{\"maxAttempts\":1.5}", "#/retryPolicy/maxAttempts"),
    ("\"retryPolicy\":{\"initialInterval\":\"1y\"}", "#/retryPolicy/initialInterval"),
    ("\"retryPolicy\":{\"backoffMultiplier\":0.5}", "#/retryPolicy/backoffMultiplier"),
    ("\"retryPolicy\":{\"unknown\":1}", "#/retryPolicy/unknown"), ("\"a/b~c\":1", "#/a~1b~0c"),
    ("\"destination\":{\"kafka\":{\"topic\":\"t\"}}", "#/destination/kafka"),
  ])
  func pointsAtInvalidMembers(change: String, pointer: String) {
    var members = [
      "id": "\"id\":\"a\"", "executeAt": "\"executeAt\":\"2026-12-01T00:00:00Z\"",
      "callbackUrl": "\"callbackUrl\":\"http://a\"",
    ]
    let name = String(change.dropFirst().prefix { $0 != "\"" })
    members[name] = change
    if name == "destination" { members["callbackUrl"] = nil }
    let body = "{\(members.values.sorted().joined(separator: ","))}"
    do {
      _ = try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
      Issue.record("\(body) was taken")
    } catch .invalid(let violations) {
      #expect(violations.map(\.pointer).contains(pointer))
    } catch {
      Issue.record("\(body) gave \(error)")
    }
  }

  @Test func listsAllViolations() {
    let body = "{\"id\":\"\",\"executeAt\":1,\"callbackUrl\":2,\"callbackTimeoutSeconds\":0}"
    #expect {
      try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
    } throws: { error in
      guard case .invalid(let violations)? = error as? CommandError else { return false }
      return Set(violations.map(\.pointer)) == [
        "#/id", "#/executeAt", "#/callbackUrl", "#/callbackTimeoutSeconds",
      ]
    }
  }

  @Test func updateKeepsUnnamedMembers() throws {
    let body = "{\"payload\":null,\"retryPolicy\":null}"
    let update = try decoder.decodeUpdate(
      body: Array(body.utf8), groupID: "g", timerID: "t", now: Self.now, ifRevision: 3)
    #expect(update.changes.payload == .some(nil))
    #expect(update.changes.retryPolicy == .some(nil))
    #expect(update.changes.executeAt == nil && update.changes.callbackTimeoutSeconds == nil)
    #expect(update.ifRevision == 3)
  }
}
