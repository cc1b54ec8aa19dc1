import Persistence
import TimerModel

@testable import CurlClient
@testable import Delivery
@testable import DeliveryHTTP
@testable import TelemetryOTLP

extension FuzzTarget {
  /// A receiver's answer: the lines of its head as they come from libcurl, an empty line, and the body; what follows from it for
  /// the timer, and how that is kept.
  static let answer = FuzzTarget(name: "answer", maxBytes: 1024) { bytes in
    var head = ResponseHead()
    var rest = bytes[...]
    var goesOn = true
    while goesOn, !head.isComplete, !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      let end = min(line.endIndex + 1, rest.endIndex)
      goesOn = Array(rest[..<end]).withUnsafeBytes { head.read($0) }
      rest = rest[end...]
    }
    let status = Int(bytes.prefix(64).drop { $0 != 0x20 }.dropFirst().prefix(3).map { $0 }.text) ?? 200
    let answer = CurlResponse(
      status: status, retryAfter: head.retryAfter, body: Array(rest), isDeclaredJSON: head.isDeclaredJSON,
      hasContentEncoding: head.hasContentEncoding)
    try follow(CallbackResponse(answer).outcome(now: now))
    var retry = ExportRetry()
    var random = SystemRandomNumberGenerator()
    if let delay = retry.delay(after: .success(answer), using: &random) {
      try BrokenRule.unless(
        delay <= ExportRetry.longestDelay && delay >= .zero, "a collector is asked again after \(delay)")
    }
  }

  /// Checks that the timer goes on within the limits of its retry policy, and that its record is kept as it is.
  static func follow(_ outcome: AttemptOutcome) throws {
    var timer = Timer(
      creating: CreateTimer(
        key: TimerKey(groupID: "g", timerID: "t"),
        definition: TimerDefinition(executeAt: now, destination: .http(HTTPDestination(url: "http://a.b/")))),
      at: now)
    _ = timer.claim(
      for: NodeID("n"), lease: .seconds(45), dueThrough: now, at: StoreTime(now))
    let policy = DeliveryPolicy(retryPolicy: .standard, retryAfterCeiling: .seconds(3600))
    var random = SystemRandomNumberGenerator()
    let settlement = policy.settlement(
      of: ClaimedTimer(timer: timer, shard: 0, deadline: .distantFuture, claimedAt: now),
      outcome: outcome, times: AttemptTimes(startedAt: now, duration: .milliseconds(3), now: now),
      random: &random)
    switch settlement.ending {
    case .retry(let at):
      try BrokenRule.unless(at >= now && at <= now + .seconds(3600), "the next attempt is at \(at)")
    case .rescheduled(let at, _):
      try BrokenRule.unless(
        at > now && at <= now + .seconds(11 * 366 * 86_400), "the next firing is at \(at)")
    case .delivered, .dead, .released: break
    }
    if let record = settlement.attempt {
      let kept = try StoredAttempts.decodeOne(StoredAttempts.encode(record))
      try BrokenRule.unless(kept == record, "\(record) is kept as \(kept)")
    }
    guard timer.settle(settlement, at: StoreTime(now)) == .settled else {
      throw BrokenRule("a claim cannot be settled")
    }
  }
}
