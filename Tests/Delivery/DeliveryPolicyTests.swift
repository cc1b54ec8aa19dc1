import Delivery
import Testing
import TimerModel
import TimerTesting

@Suite struct DeliveryPolicyTests {
  let start = Timestamp(milliseconds: 1_800_000_000_000)
  let policy = DeliveryPolicy(
    retryPolicy: RetryPolicy(
      maxAttempts: 3, maxAttemptsDuration: nil, initialInterval: .seconds(10), backoffMultiplier: 2,
      maxInterval: .seconds(15)),
    retryAfterCeiling: .seconds(3600))

  @Test func successEndsTimer() {
    #expect(settle(.delivered, attempt: 1) == .delivered)
  }

  @Test func permanentFailureEndsTimer() {
    #expect(settle(.permanentFailure, attempt: 1) == .dead)
  }

  @Test func lastAttemptEndsTimer() {
    #expect(settle(.failed(retryAfter: nil), attempt: 3) == .dead)
    #expect(
      settle(.failed(retryAfter: nil), attempt: 4) == .dead, "after attempts that were lost with a node")
  }

  @Test func backoffHasFullJitterBelowCeiling() throws {
    for (attempt, bound) in [(1, 10_000), (2, 15_000)] {
      let delays = try (0..<200).map { try delay(attempt: attempt, seed: UInt64($0)) }
      #expect(delays.allSatisfy { (0...Int64(bound)).contains($0) })
      #expect(delays.contains { $0 < bound / 4 } && delays.contains { $0 > bound * 3 / 4 }, "full jitter")
    }
  }

  @Test func retryAfterIsMinimumDelay() throws {
    #expect(try delay(.delay(.seconds(120)), attempt: 1) == 120_000)
    #expect(try delay(.date(start + .seconds(90)), attempt: 1) == 90_000)
    #expect(try delay(.delay(.zero), attempt: 1) > 0, "the back-off is longer")
    #expect(try delay(.date(start - .seconds(90)), attempt: 1) > 0)
  }

  @Test func retryAfterIsCapped() throws {
    #expect(try delay(.delay(.seconds(86_400)), attempt: 1) == 3_600_000)
  }

  @Test func noAttemptStartsAfterMaximumDuration() {
    var limited = policy
    limited.retryPolicy.maxAttemptsDuration = .seconds(60)
    #expect(settle(.failed(retryAfter: .delay(.seconds(61))), attempt: 1, by: limited) == .dead)
    #expect(
      settle(.failed(retryAfter: .delay(.seconds(59))), attempt: 1, by: limited)
        == .retry(at: start + .seconds(59)))
    #expect(
      settle(
        .failed(retryAfter: .delay(.seconds(59))), attempt: 2, by: limited,
        firstAttemptAt: start - .seconds(10)) == .dead, "the time counts from the first attempt")
  }

  @Test func timerPolicyOverridesDefault() {
    let own = RetryPolicy(
      maxAttempts: 1, maxAttemptsDuration: nil, initialInterval: .seconds(1), backoffMultiplier: 1,
      maxInterval: .seconds(1))
    #expect(settle(.failed(retryAfter: nil), attempt: 1, own: own) == .dead)
  }

  @Test func rescheduleBeginsNewFiring() {
    let at = start + .seconds(500)
    guard case .rescheduled(at, let firing) = settle(.rescheduled(at: at), attempt: 1) else {
      Issue.record("a reschedule ends the claim as such")
      return
    }
    #expect(firing != timer(attempt: 1).firingID)
  }

  @Test(
    arguments: [
      Int64.min, -1, 0, 946_684_800_000, 1_799_999_999_999, 1_800_000_000_000, 1_800_000_000_999,
    ])
  func reschedulesRespectMinimumInterval(asked: Int64) {
    guard case .rescheduled(let at, _) = settle(.rescheduled(at: Timestamp(milliseconds: asked)), attempt: 1)
    else {
      Issue.record("a reschedule ends the claim as such")
      return
    }
    #expect(at == start + .seconds(1))
  }

  @Test func minimumIntervalIsConfigurable() {
    var patient = policy
    patient.minFiringInterval = .seconds(60)
    guard case .rescheduled(let at, _) = settle(.rescheduled(at: start), attempt: 1, by: patient),
      case .rescheduled(let later, _) = settle(
        .rescheduled(at: start + .seconds(61)), attempt: 1, by: patient)
    else {
      Issue.record("a reschedule ends the claim as such")
      return
    }
    #expect(at == start + .seconds(60) && later == start + .seconds(61))
  }

  @Test(
    arguments: [
      AttemptOutcome.RetryAfter.delay(.seconds(Int64.max)), .delay(.milliseconds(Int64.max)),
      .date(Timestamp(milliseconds: .max)), .date(Timestamp(milliseconds: 31_556_889_864_403_199)),
    ])
  func extremeRetryAfterIsCapped(asked: AttemptOutcome.RetryAfter) throws {
    #expect(try delay(asked, attempt: 1) == 3_600_000)
  }

  @Test(
    arguments: [
      AttemptOutcome.RetryAfter.delay(.seconds(Int64.min)), .delay(.seconds(-1)),
      .date(Timestamp(milliseconds: .min)), .date(Timestamp(milliseconds: 0)),
    ])
  func pastRetryAfterKeepsBackoff(asked: AttemptOutcome.RetryAfter) throws {
    #expect(try delay(asked, attempt: 1) == delay(nil, attempt: 1))
  }

  @Test func settlementRecordsAttempt() throws {
    var random = SeededGenerator(seed: 1)
    let outcome = AttemptOutcome(.permanentFailure, statusCode: 404, error: "status 404")
    let record = try #require(
      policy.settlement(
        of: claimed(timer(attempt: 2)), outcome: outcome,
        times: AttemptTimes(startedAt: start, duration: .milliseconds(12), now: start), random: &random
      ).attempt)
    #expect(
      record
        == AttemptRecord(
          number: 2, startedAt: start, durationMilliseconds: 12, result: .permanentFailure, statusCode: 404,
          error: "status 404", node: NodeID("n"), claimedAt: start - .milliseconds(40)))
  }

  private func delay(
    _ retryAfter: AttemptOutcome.RetryAfter? = nil, attempt: Int, seed: UInt64 = 1
  ) throws -> Int64 {
    guard case .retry(let at) = settle(.failed(retryAfter: retryAfter), attempt: attempt, seed: seed) else {
      throw NoRetry()
    }
    return Timestamp.millisecondsBetween(start, at)
  }

  private struct NoRetry: Error {}

  private func settle(
    _ kind: AttemptOutcome.Kind, attempt: Int, by policy: DeliveryPolicy? = nil, own: RetryPolicy? = nil,
    firstAttemptAt: Timestamp? = nil, seed: UInt64 = 1
  ) -> Settlement.Ending {
    var random = SeededGenerator(seed: seed)
    return (policy ?? self.policy).settlement(
      of: claimed(timer(attempt: attempt, own: own, firstAttemptAt: firstAttemptAt)),
      outcome: AttemptOutcome(kind),
      times: AttemptTimes(startedAt: start, duration: .zero, now: start), random: &random
    ).ending
  }

  private func claimed(_ timer: Timer) -> ClaimedTimer {
    ClaimedTimer(
      timer: timer, shard: 0, deadline: MonotonicInstant(microseconds: 45_000_000),
      claimedAt: start - .milliseconds(40))
  }

  private func timer(attempt: Int, own: RetryPolicy? = nil, firstAttemptAt: Timestamp? = nil) -> Timer {
    let definition = TimerDefinition(
      executeAt: start, destination: .http(HTTPDestination(url: "http://example.com/")), retryPolicy: own)
    let key = TimerKey(groupID: "g", timerID: "t")
    var timer = Timer(
      creating: CreateTimer(key: key, definition: definition, firingID: FiringID(high: 1, low: 2)), at: start)
    timer.attempt = attempt
    timer.firstAttemptAt = firstAttemptAt
    timer.claim = Claim(node: NodeID("n"), deadline: start + .seconds(45))
    return timer
  }
}
