import Testing
import TimerModel

/// Each wish in each state of a timer, as docs/architecture.md draws them.
@Suite struct TransitionTests {
  private static let key = TimerKey(groupID: "g", timerID: "t")
  private static let due = Timestamp(milliseconds: 1_000_000)
  private static let now = StoreTime(due)
  private static let definition = TimerDefinition(
    executeAt: due, destination: .http(HTTPDestination(url: "http://example.com/")))
  private static let changes = TimerChanges(payload: .some(Array("1".utf8)))

  private static func timer(_ status: TimerStatus) -> Timer? {
    var timer = Timer(creating: CreateTimer(key: key, definition: definition), at: due)
    switch status {
    case .scheduled: break
    case .delivering: claim(&timer)
    case .delivered: settle(&timer, .delivered)
    case .dead: settle(&timer, .dead)
    case .cancelled:
      var stored: Timer? = timer
      _ = Timer.apply(.cancel(CancelTimer(key: key)), to: &stored, at: now)
      return stored
    }
    return timer
  }

  private static func claim(_ timer: inout Timer) {
    _ = timer.claim(for: NodeID("n"), lease: .seconds(45), dueThrough: due, at: now)
  }

  private static func settle(_ timer: inout Timer, _ ending: Settlement.Ending) {
    claim(&timer)
    _ = timer.settle(Settlement(key: key, fence: timer.fence, ending: ending, attempt: record), at: now)
  }

  private static let record = AttemptRecord(
    number: 1, startedAt: due, durationMilliseconds: 1, result: .delivered)

  @Test(arguments: TimerStatus.allCases)
  func onlyScheduledTimersAreUpdated(status: TimerStatus) throws {
    var timer = Self.timer(status)
    #expect(timer?.status == status)
    let result = Timer.apply(
      .update(UpdateTimer(key: Self.key, changes: Self.changes)), to: &timer, at: Self.now)
    if case .updated(let updated) = result {
      #expect(status == .scheduled)
      #expect(updated.revision == 2)
    } else {
      #expect(result == .rejected(.notScheduled(status)))
      #expect(timer == Self.timer(status).map { Self.sameFiring($0, as: timer) })
    }
  }

  @Test(arguments: TimerStatus.allCases)
  func onlyScheduledTimersAreCancelled(status: TimerStatus) {
    var timer = Self.timer(status)
    let result = Timer.apply(.cancel(CancelTimer(key: Self.key)), to: &timer, at: Self.now)
    if status == .scheduled || status == .cancelled {
      #expect(timer?.status == .cancelled)
    } else {
      #expect(result == .rejected(.notScheduled(status)))
      #expect(timer?.status == status)
    }
  }

  @Test(arguments: TimerStatus.allCases)
  func onlyScheduledTimersAreFired(status: TimerStatus) {
    var timer = Self.timer(status)
    let firing = timer?.firingID
    let early = StoreTime(Timestamp(milliseconds: 400_000))
    let result = Timer.apply(.fire(FireTimer(key: Self.key)), to: &timer, at: early)
    if case .updated(let fired) = result {
      #expect(status == .scheduled && fired == timer)
      #expect(fired.dueAt == early.wall && fired.revision == 2 && fired.firingID == firing)
      #expect(fired.requested.executeAt == Self.due)
    } else {
      #expect(result == .rejected(.notScheduled(status)))
      #expect(timer?.revision == 1)
    }
  }

  @Test(arguments: TimerStatus.allCases)
  func onlyDeadTimersAreRedriven(status: TimerStatus) {
    var timer = Self.timer(status)
    let before = timer
    let result = Timer.apply(.redrive(RedriveTimer(key: Self.key)), to: &timer, at: Self.now)
    if case .updated(let redriven) = result {
      #expect(status == .dead && redriven == timer && redriven.status == .scheduled)
      #expect(redriven.firingID == before?.firingID && redriven.attempts == before?.attempts)
    } else {
      #expect(result == .rejected(.notDead(status)))
      #expect(timer == before)
    }
  }

  /// Attempts, and the time that the retry policy allows for them, count from the redrive.
  @Test func redriveStartsRetryPolicyOver() throws {
    var timer = Self.timer(.dead)
    let later = StoreTime(Self.due + .seconds(3600))
    _ = Timer.apply(.redrive(RedriveTimer(key: Self.key)), to: &timer, at: later)
    #expect(timer?.attempt == 0 && timer?.firstAttemptAt == nil && timer?.executedAt == nil)
    let verdict = timer?.claim(
      for: NodeID("n"), lease: .seconds(45), dueThrough: later.wall, at: later)
    let claimed = try #require(timer)
    #expect(verdict == ClaimVerdict.claimed(claimed) && claimed.attempt == 1 && claimed.claimNumber == 2)
  }

  @Test(arguments: TimerStatus.allCases)
  func onlyScheduledTimersAreClaimed(status: TimerStatus) throws {
    var timer = try #require(Self.timer(status))
    let verdict = timer.claim(for: NodeID("m"), lease: .seconds(45), dueThrough: Self.due, at: Self.now)
    switch status {
    case .scheduled: #expect(verdict == .claimed(timer))
    case .delivering: #expect(verdict == .held(until: Self.due + .seconds(45)))
    case .delivered, .dead, .cancelled: #expect(verdict == .gone)
    }
  }

  @Test func earlyClaimIsNotYetDue() throws {
    var timer = try #require(Self.timer(.scheduled))
    let early = Timestamp(milliseconds: 999_999)
    #expect(
      timer.claim(for: NodeID("n"), lease: .seconds(45), dueThrough: early, at: StoreTime(early))
        == .notYetDue(Self.due))
    #expect(timer.attempt == 0)
  }

  @Test func expiredClaimCannotSettleAfterTakeover() throws {
    var timer = try #require(Self.timer(.delivering))
    let old = timer.fence
    let later = StoreTime(Self.due + .seconds(45))
    let taken = timer.claim(for: NodeID("m"), lease: .seconds(45), dueThrough: later.wall, at: later)
    #expect(taken == .claimed(timer))
    #expect(timer.attempt == 2)
    let late = Settlement(key: Self.key, fence: old, ending: .dead, attempt: Self.record)
    let before = timer
    #expect(timer.settle(late, at: later) == .lost)
    #expect(timer == before)
  }

  @Test func updateBeginsNewFiring() throws {
    var timer = Self.timer(.scheduled)
    let firing = try #require(timer?.firingID)
    _ = Timer.apply(.update(UpdateTimer(key: Self.key, changes: Self.changes)), to: &timer, at: Self.now)
    #expect(timer?.firingID != firing)
    #expect(timer?.attempt == 0)
  }

  @Test func rescheduleBeginsNewFiringAndRevision() throws {
    var timer = try #require(Self.timer(.delivering))
    let next = Self.due + .seconds(60)
    let firing = FiringID.random()
    let ending = Settlement.Ending.rescheduled(at: next, firingID: firing)
    let settlement = Settlement(key: Self.key, fence: timer.fence, ending: ending, attempt: Self.record)
    #expect(timer.settle(settlement, at: Self.now) == .settled)
    #expect(timer.status == .scheduled)
    #expect(timer.revision == 2)
    #expect(timer.firingID == firing)
    #expect(timer.definition.executeAt == next)
    #expect(timer.attempt == 0)
    #expect(timer.attempts.count == 1)
  }

  @Test func releaseCountsNoAttempt() throws {
    var timer = try #require(Self.timer(.delivering))
    let ending = Settlement.Ending.released(dueAt: Self.due)
    _ = timer.settle(
      Settlement(key: Self.key, fence: timer.fence, ending: ending, attempt: nil), at: Self.now)
    #expect(timer.attempt == 0)
    #expect(timer.attempts.isEmpty)
    #expect(timer.status == .scheduled)
  }

  @Test func onlyNewestAttemptsAreKept() throws {
    var timer = try #require(Self.timer(.scheduled))
    for number in 1...(AttemptRecord.maxPerTimer + 5) {
      Self.claim(&timer)
      var record = Self.record
      record.number = number
      let ending = Settlement.Ending.retry(at: Self.due)
      _ = timer.settle(
        Settlement(key: Self.key, fence: timer.fence, ending: ending, attempt: record), at: Self.now)
    }
    #expect(timer.attempts.count == AttemptRecord.maxPerTimer)
    #expect(timer.attempts.first?.number == 6)
  }

  /// Two timers made alike differ by their firing only.
  private static func sameFiring(_ timer: Timer, as other: Timer?) -> Timer {
    var copy = timer
    if let other { copy.firingID = other.firingID }
    return copy
  }
}
