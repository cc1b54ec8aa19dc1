import Testing
import TimerModel
import TimerWire

/// The endings that the timeline names, result by result.
@Suite struct TimelineTests {
  private static let start = Timestamp(milliseconds: 1_800_000_000_000)
  private static let node = NodeID("n")

  private static let endings: [(AttemptRecord, String?)] = [
    (record(.delivered), "delivered"), (record(.rescheduled), "rescheduled"),
    (record(.failed, nextAttemptAt: start + .seconds(5)), "retry"), (record(.failed), "dead"),
    (record(.failed, node: nil), nil), (record(.permanentFailure), "dead"), (record(.released), "released"),
    (record(.lost), nil),
  ]

  @Test(arguments: endings)
  func timelineNamesEnding(record: AttemptRecord, settled: String?) {
    var timer = Timer(
      creating: CreateTimer(
        key: TimerKey(groupID: "g", timerID: "t"),
        definition: TimerDefinition(
          executeAt: Self.start, destination: .http(HTTPDestination(url: "http://example.com/")))),
      at: Self.start)
    timer.attempts = [record]
    let json = TimerJSON(defaultRetryPolicy: .standard, defaultCallbackTimeoutSeconds: 15)
    let text = String(decoding: json.timeline(timer), as: UTF8.self)
    #expect(text.contains("\"result\":\"\(record.result.rawValue)\""))
    if let settled {
      #expect(text.contains("\"settled\":\"\(settled)\""))
    } else {
      #expect(!text.contains("\"settled\""))
    }
  }

  private static func record(
    _ result: AttemptRecord.Result, node: NodeID? = node, nextAttemptAt: Timestamp? = nil
  ) -> AttemptRecord {
    AttemptRecord(
      number: 1, startedAt: start, durationMilliseconds: 12, result: result, node: node,
      nextAttemptAt: nextAttemptAt)
  }
}
