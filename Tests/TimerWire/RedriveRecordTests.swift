import Testing
import TimerModel
import TimerWire

/// Records that fire and redrive timers.
@Suite struct RedriveRecordTests {
  private static let now = CommandDecoderTests.now
  private static let key = TimerKey(groupID: "g", timerID: "t")
  private let decoder = CommandDecoder()

  private func decode(_ command: String, _ members: String = "") throws(CommandError) -> TimerCommand {
    let record = "{\"command\":\"\(command)\",\"groupId\":\"g\",\"timerId\":\"t\"\(members)}"
    return try decoder.decodeRecord(
      key: nil, value: Array(record.utf8), generatedID: "x", now: Self.now)
  }

  @Test func firesMayNameRevision() throws {
    #expect(try decode("fire") == .fire(FireTimer(key: Self.key)))
    #expect(try decode("fire", ",\"ifRevision\":3") == .fire(FireTimer(key: Self.key, ifRevision: 3)))
  }

  @Test func redrivesMaySayWhenAndHow() throws {
    #expect(try decode("redrive") == .redrive(RedriveTimer(key: Self.key)))
    let restoring = RedriveTimer(key: Self.key, retryPolicy: .some(nil), ifRevision: 3)
    #expect(try decode("redrive", ",\"retryPolicy\":null,\"ifRevision\":3") == .redrive(restoring))
    var policy = RetryPolicy.standard
    policy.maxAttempts = 3
    let full = RedriveTimer(
      key: Self.key, executeAt: try Timestamp(rfc3339: "2026-12-01T00:00:00Z"), retryPolicy: .some(policy),
      gaps: TimerDefinition.Gaps.retryPolicy.subtracting(.maxAttempts))
    let members = ",\"executeAt\":\"2026-12-01T00:00:00Z\",\"retryPolicy\":{\"maxAttempts\":3}"
    #expect(try decode("redrive", members) == .redrive(full))
  }

  @Test(arguments: [
    ("fire", ",\"executeAt\":\"2026-12-01T00:00:00Z\"", "#/executeAt"),
    ("fire", ",\"changes\":{}", "#/changes"), ("fire", ",\"ifRevision\":0", "#/ifRevision"),
    ("redrive", ",\"executeAt\":null", "#/executeAt"),
    ("redrive", ",\"executeAt\":\"2099-01-01T00:00:00Z\"", "#/executeAt"),
    ("redrive", ",\"retryPolicy\":{\"maxAttempts\":0}", "#/retryPolicy/maxAttempts"),
    ("redrive", ",\"payload\":1", "#/payload"), ("redrive", ",\"ifRevision\":\"1\"", "#/ifRevision"),
  ])
  func pointsAtInvalidMembers(command: String, members: String, pointer: String) {
    do {
      _ = try decode(command, members)
      Issue.record("\(members) was taken")
    } catch {
      guard case .invalid(let violations) = error else {
        Issue.record("\(members) gave \(error)")
        return
      }
      #expect(violations.map(\.pointer) == [pointer])
    }
  }
}
