import Testing
import TimerModel

/// The record of an attempt, case by case: derived from the outcome and the ending, and read back.
@Suite struct AttemptRecordTests {
  private static let start = Timestamp(milliseconds: 1_800_000_000_000)
  private static let next = start + .seconds(5)
  private static let rescheduled = Settlement.Ending.rescheduled(
    at: next, firingID: FiringID(high: 1, low: 2))
  private static let retryAfter = AttemptOutcome.RetryAfter.delay(.seconds(1))

  private static let results: [(AttemptOutcome.Kind, AttemptRecord.Result)] = [
    (.delivered, .delivered), (.rescheduled(at: next), .rescheduled), (.failed(retryAfter: nil), .failed),
    (.failed(retryAfter: retryAfter), .failed), (.permanentFailure, .permanentFailure),
  ]

  @Test(arguments: results)
  func resultFollowsFromOutcome(outcome: AttemptOutcome.Kind, result: AttemptRecord.Result) {
    #expect(AttemptRecord.Result(outcome) == result)
  }

  private static let kinds: [(Settlement.Ending, Settlement.Ending.Kind)] = [
    (.delivered, .delivered), (.retry(at: next), .retry), (.dead, .dead), (rescheduled, .rescheduled),
    (.released(dueAt: next), .released),
  ]

  @Test(arguments: kinds)
  func endingsHaveKinds(ending: Settlement.Ending, kind: Settlement.Ending.Kind) {
    #expect(ending.kind == kind)
  }

  /// All that an outcome can lead to.
  private static let settlements: [(AttemptOutcome.Kind, Settlement.Ending)] = [
    (.delivered, .delivered), (.rescheduled(at: next), rescheduled),
    (.failed(retryAfter: nil), .retry(at: next)), (.failed(retryAfter: nil), .dead),
    (.permanentFailure, .dead),
  ]

  @Test(arguments: settlements)
  func endingIsReadBack(outcome: AttemptOutcome.Kind, ending: Settlement.Ending) {
    let record = AttemptRecord(
      of: Self.claimed, outcome: AttemptOutcome(outcome), ending: ending, startedAt: Self.start,
      duration: .milliseconds(12))
    #expect(record.ending == ending.kind)
    #expect(record.nextAttemptAt == (ending == .retry(at: Self.next) ? Self.next : nil))
  }

  /// Records of claims without an attempt, and of versions that did not keep the node.
  private static let others: [(AttemptRecord, Settlement.Ending.Kind?)] = [
    (record(.released, node: node), .released), (record(.lost, node: node), nil),
    (record(.delivered, node: nil), .delivered), (record(.rescheduled, node: nil), .rescheduled),
    (record(.permanentFailure, node: nil), .dead), (record(.failed, node: nil), nil),
    (record(.failed, node: nil, nextAttemptAt: next), .retry),
  ]

  @Test(arguments: others)
  func endingOfOtherRecordsIsKnownOrNil(record: AttemptRecord, ending: Settlement.Ending.Kind?) {
    #expect(record.ending == ending)
  }

  @Test func recordKeepsClaimAndOutcome() {
    let outcome = AttemptOutcome(.permanentFailure, statusCode: 404, error: "status 404", note: "odd")
    let record = AttemptRecord(
      of: Self.claimed, outcome: outcome, ending: .dead, startedAt: Self.start,
      duration: .microseconds(11_001))
    #expect(
      record
        == AttemptRecord(
          number: 2, startedAt: Self.start, durationMilliseconds: 12, result: .permanentFailure,
          statusCode: 404, error: "status 404", node: Self.node, claimedAt: Self.start - .milliseconds(40),
          note: "odd"))
  }

  private static let node = NodeID("n")

  private static func record(
    _ result: AttemptRecord.Result, node: NodeID?, nextAttemptAt: Timestamp? = nil
  ) -> AttemptRecord {
    AttemptRecord(
      number: 1, startedAt: start, durationMilliseconds: 12, result: result, node: node,
      nextAttemptAt: nextAttemptAt)
  }

  private static let claimed: ClaimedTimer = {
    let definition = TimerDefinition(
      executeAt: start, destination: .http(HTTPDestination(url: "http://example.com/")))
    var timer = Timer(
      creating: CreateTimer(key: TimerKey(groupID: "g", timerID: "t"), definition: definition), at: start)
    timer.attempt = 2
    timer.claim = Claim(node: node, deadline: start + .seconds(45))
    return ClaimedTimer(
      timer: timer, shard: 0, deadline: MonotonicInstant(microseconds: 45_000_000),
      claimedAt: start - .milliseconds(40))
  }()
}
