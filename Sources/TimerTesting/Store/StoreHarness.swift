import Testing
public import TimerModel

/// A fresh store with a clock in hand, and short words for what the conformance suite does with it.
public struct StoreHarness: Sendable {
  let store: any TimerStore
  let clock: ManualClock
  let failNextBatch: (@Sendable () -> Void)?
  let node = NodeID("node-1")
  let other = NodeID("node-2")

  /// Creates a harness around a store that is empty and takes its time from `clock`. `failNextBatch` lets the next batch fail in part;
  /// only a store whose batches are atomic as a whole can do without.
  public init(store: any TimerStore, clock: ManualClock, failNextBatch: (@Sendable () -> Void)? = nil) {
    self.store = store
    self.clock = clock
    self.failNextBatch = failNextBatch
  }

  var now: Timestamp { clock.now().store }

  func key(_ id: String) -> TimerKey { TimerKey(groupID: "g", timerID: id) }

  func definition(in seconds: Int64 = 0, payload: [UInt8]? = nil) -> TimerDefinition {
    TimerDefinition(
      executeAt: Timestamp(milliseconds: now.milliseconds + seconds * 1000),
      destination: .http(HTTPDestination(url: "http://example.com/")), payload: payload)
  }

  @discardableResult
  func create(_ id: String, in seconds: Int64 = 0, payload: [UInt8]? = nil) async throws -> CommandResult {
    try await apply(
      .create(CreateTimer(key: key(id), definition: definition(in: seconds, payload: payload))))
  }

  func apply(_ command: TimerCommand) async throws -> CommandResult {
    try #require(try await store.apply([command]).first)
  }

  func timer(_ id: String) async throws -> Timer {
    try #require(try await store.timers([key(id)]).first ?? nil)
  }

  func claim(
    _ ids: [String], by claimer: NodeID? = nil, ahead: Duration = .zero, budget: Int = .max
  ) async throws -> [ClaimVerdict] {
    try await store.claim(
      ClaimRequest(
        keys: ids.map(key), node: claimer ?? node, lease: .seconds(10), claimAhead: ahead,
        payloadBudget: budget)
    ).verdicts
  }

  func claimed(_ id: String, by claimer: NodeID? = nil) async throws -> Timer {
    guard case .claimed(let timer)? = try await claim([id], by: claimer).first else {
      throw NotClaimedError(id: id)
    }
    return timer
  }

  struct NotClaimedError: Error { let id: String }

  func settle(_ timer: Timer, _ ending: Settlement.Ending, attempt: Bool = true) async throws
    -> SettleVerdict?
  {
    let record = AttemptRecord(
      number: timer.attempt, startedAt: now, durationMilliseconds: 5, result: .failed, statusCode: 500,
      error: "status 500")
    let settlement = Settlement(
      key: timer.key, fence: timer.fence, ending: ending, attempt: attempt ? record : nil)
    return try await store.settle([settlement]).first
  }
}
