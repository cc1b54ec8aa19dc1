import Testing
import TimerModel
import TimerTesting

/// Plays the same random operations on a store and on the model's own transitions, and compares every reply and every timer.
struct StoreDuel {
  let store: any TimerStore
  let model: InMemoryTimerStore
  let clock: ManualClock
  private var random: SeededGenerator
  /// Claims that were given, valid or not any more.
  private var claims: [Timer] = []
  private(set) var log: [String] = []

  private static let keys = (0..<6).map { TimerKey(groupID: $0 < 3 ? "a" : "b", timerID: "t\($0)") }
  private static let nodes = [NodeID("one"), NodeID("two")]

  init(_ store: any TimerStore, clock: ManualClock, seed: UInt64) {
    self.store = store
    self.clock = clock
    model = InMemoryTimerStore(shardCount: store.shardCount, clock: clock)
    random = SeededGenerator(seed: seed)
  }

  /// Plays `steps` operations; false after the first difference.
  mutating func play(steps: Int) async throws -> Bool {
    for _ in 0..<steps {
      let isSame =
        switch Int.random(in: 0..<12, using: &random) {
        case 0...3: try await apply()
        case 4...6: try await claim()
        case 7...9: try await settle()
        case 10: try await purge()
        default: advance()
        }
      guard isSame, try await timersAreSame() else { return false }
    }
    return true
  }

  private mutating func apply() async throws -> Bool {
    let commands = (0..<pick([1, 1, 3])).map { _ in command() }
    log.append("apply \(commands)")
    return compare(try await store.apply(commands), await model.apply(commands))
  }

  private mutating func claim() async throws -> Bool {
    let request = ClaimRequest(
      keys: someKeys(), node: pick(Self.nodes), lease: .seconds(pick([1, 10, 3600])),
      claimAhead: .milliseconds(pick([0, 50, 5000])), payloadBudget: pick([1, 20, .max]))
    log.append("claim \(request)")
    let (reply, expected) = (try await store.claim(request), try await model.claim(request))
    for case .claimed(let timer) in expected.verdicts { claims.append(timer) }
    return compare(reply.verdicts, expected.verdicts)
  }

  private mutating func settle() async throws -> Bool {
    guard !claims.isEmpty else { return true }
    var settlements: [Settlement] = []
    for _ in 0..<pick([1, 2, 4]) {
      // The latest more often: most of the others are lost.
      let index = pick([claims.count - 1, Int.random(in: 0..<claims.count, using: &random)])
      guard !settlements.contains(where: { $0.key == claims[index].key }) else { continue }
      settlements.append(settlement(of: claims[index]))
    }
    log.append("settle \(settlements)")
    return compare(try await store.settle(settlements), await model.settle(settlements))
  }

  private mutating func purge() async throws -> Bool {
    let before = clock.now().store - .seconds(pick([0, 30, 600]))
    log.append("purge \(before)")
    return compare(
      [try await store.purge(endedBefore: before, limit: 100)],
      [await model.purge(endedBefore: before, limit: 100)])
  }

  private mutating func advance() -> Bool {
    let duration = Duration.milliseconds(pick([1, 900, 10_000, 120_000]))
    log.append("advance \(duration)")
    clock.advance(by: duration)
    return true
  }

  private func timersAreSame() async throws -> Bool {
    let now = clock.now().store
    let shards = Array(0..<store.shardCount)
    let overdue = try await store.overdue(shards: shards, before: now, limit: 100)
    let expected = await model.overdue(shards: shards, before: now, limit: 100)
    return compare(try await store.timers(Self.keys), await model.timers(Self.keys))
      && compare(overdue.sorted { $0.key < $1.key }, expected.sorted { $0.key < $1.key })
  }

  /// Returns true if both are the same; records the first difference otherwise.
  private func compare<Value: Equatable>(_ values: [Value], _ expected: [Value]) -> Bool {
    if values == expected { return true }
    let difference = zip(values, expected).first { $0 != $1 }
    Issue.record(
      "\(values.count) values, \(expected.count) expected; first: \(String(describing: difference))")
    return false
  }

  private mutating func command() -> TimerCommand {
    let key = pick(Self.keys)
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1:
      let definition = TimerDefinition(
        executeAt: someTime(), destination: .http(HTTPDestination(url: "http://a.example/")),
        payload: pick([nil, [0x31], Array(repeating: 0x31, count: 30)]), tags: pick([[:], [:], ["a": "1"]]))
      return .create(CreateTimer(key: key, definition: definition, firingID: .random(using: &random)))
    case 2:
      let changes = TimerChanges(
        executeAt: pick([nil, someTime()]), payload: pick([nil, .some(nil), .some([0x32])]),
        tags: pick([nil, nil, [:], ["a": "2", "b": ""]]))
      return .update(
        UpdateTimer(
          key: key, changes: changes, ifRevision: pick([nil, 1, 2]), firingID: .random(using: &random)))
    case 3: return .fire(FireTimer(key: key, ifRevision: pick([nil, nil, 1])))
    case 4:
      return .redrive(
        RedriveTimer(
          key: key, executeAt: pick([nil, someTime()]),
          retryPolicy: pick([nil, .some(nil), .some(RetryPolicy.standard)]), gaps: pick([[], .maxInterval]),
          ifRevision: pick([nil, nil, 1, 2])))
    default: return .cancel(CancelTimer(key: key, ifRevision: pick([nil, nil, 1])))
    }
  }

  private mutating func settlement(of timer: Timer) -> Settlement {
    let now = clock.now().store
    let ending: Settlement.Ending = pick([
      .delivered, .dead, .retry(at: now + .seconds(5)), .released(dueAt: now),
      .rescheduled(at: now + .seconds(60), firingID: .random(using: &random)),
    ])
    let record = AttemptRecord(
      number: timer.attempt, startedAt: now, durationMilliseconds: 5, result: pick([.failed, .delivered]),
      statusCode: pick([nil, 200, 503]), error: pick([nil, "status 503"]))
    return Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: pick([nil, record]))
  }

  private mutating func someKeys() -> [TimerKey] {
    Self.keys.filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
  }

  private mutating func someTime() -> Timestamp {
    clock.now().store + .milliseconds(pick([0, 40, 3000, 90_000]))
  }

  private mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }
}
