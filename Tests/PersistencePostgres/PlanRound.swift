import PersistencePostgres
import Testing
import TimerModel

/// Every call of a node on its store, each for a handful of rows.
struct PlanRound {
  let harness: PostgresHarness
  let meter: PlanMeter
  /// The number of the first timer: rounds share none.
  let first: Int

  static let size = 10
  /// The filling is due, and ended, before; what a round does itself ends later.
  static let horizon = Timestamp(milliseconds: PostgresHarness.past.milliseconds + 100_000_000_000)

  var store: PostgresTimerStore { harness.store }

  func run() async throws {
    try await commands(first..<first + Self.size)
    try await claims(first..<first + Self.size)
    try await messages(first + 100..<first + 100 + Self.size)
    try await pages()
    try await log(first + 200..<first + 200 + Self.size)
    try await tags(first + 300..<first + 300 + Self.size)
    try await lists()
    try await counts()
    try await nodes()
  }

  private func commands(_ numbers: Range<Int>) async throws {
    let created = try await meter.count("create", rows: numbers.count) { try await harness.create(numbers) }
    #expect(created.count { if case .created = $0 { true } else { false } } == numbers.count)
    let again = try await meter.count("create again", rows: numbers.count) {
      try await harness.create(numbers)
    }
    #expect(again.count { if case .repeated = $0 { true } else { false } } == numbers.count)
    let changes = TimerChanges(callbackTimeoutSeconds: 7)
    let updated = try await meter.count("update", rows: numbers.count) {
      try await store.apply(
        numbers.map { .update(UpdateTimer(key: PostgresHarness.key($0), changes: changes)) })
    }
    #expect(updated.count { if case .updated = $0 { true } else { false } } == numbers.count)
    let read = try await meter.count("timers", rows: numbers.count) {
      try await store.timers(numbers.map(PostgresHarness.key))
    }
    #expect(read.count { $0 != nil } == numbers.count)
  }

  private func claims(_ numbers: Range<Int>) async throws {
    let past = PostgresHarness.past
    let endings: [Settlement.Ending] = [
      .retry(at: past), .released(dueAt: past), .rescheduled(at: past, firingID: .random()), .delivered,
    ]
    for ending in endings { try await fire(numbers, ending) }
  }

  /// Claims timers, and ends the claims.
  private func fire(
    _ numbers: Range<Int>, _ ending: Settlement.Ending, messages: [OutboxMessage] = []
  ) async throws {
    let claimed = try await meter.count("claim", rows: numbers.count) { try await harness.claim(numbers) }
    #expect(claimed.count == numbers.count)
    let verdicts = try await meter.count("settle as \(ending.kind)", rows: numbers.count) {
      try await store.settle(
        claimed.map {
          Settlement(key: $0.key, fence: $0.fence, ending: ending, attempt: nil, messages: messages)
        })
    }
    #expect(verdicts.allSatisfy { $0 == .settled })
  }

  private func messages(_ numbers: Range<Int>) async throws {
    _ = try await harness.create(numbers)
    let message = OutboxMessage(shard: 1, topic: "events", key: nil, headers: [], value: nil)
    try await fire(numbers.lowerBound..<numbers.lowerBound + Self.size / 2, .dead, messages: [message])
    let left = numbers.lowerBound + Self.size / 2..<numbers.upperBound
    let cancelled = try await meter.count("cancel", rows: left.count) {
      try await store.apply(
        left.map { .cancel(CancelTimer(key: PostgresHarness.key($0), messages: [message])) })
    }
    #expect(cancelled.count { if case .cancelled = $0 { true } else { false } } == left.count)
    try await meter.count("outbox", rows: 2 * Self.size) {
      let page = try await store.outbox(OutboxPage(shards: Array(0..<4), limit: Self.size))
      #expect(page.count == Self.size)
      try await store.removeFromOutbox(page.map(\.position))
      #expect(try await store.outboxCount(limit: Self.size) <= Self.size)
    }
  }

  private func pages() async throws {
    let page = try await meter.count("due", rows: Self.size) {
      try await store.due(shard: 0, after: nil, through: Self.horizon, limit: Self.size)
    }
    _ = try await meter.count("due after a page", rows: Self.size) {
      try await store.due(shard: 0, after: page.last, through: Self.horizon, limit: Self.size)
    }
    let overdue = try await meter.count("overdue", rows: Self.size) {
      try await store.overdue(shards: Array(0..<4), before: Self.horizon, limit: Self.size)
    }
    let purged = try await meter.count("purge", rows: Self.size) {
      try await store.purge(endedBefore: Self.horizon, limit: Self.size)
    }
    #expect(page.count <= Self.size && overdue.count <= Self.size && purged <= Self.size)
  }

  /// Applies batches of a partition.
  private func log(_ numbers: Range<Int>) async throws {
    let source = CommandSource(group: "timerd", topic: "commands", partition: Int32(numbers.lowerBound))
    let creates = numbers.map { TimerCommand.create(PostgresHarness.create($0)) }
    let changes = TimerChanges(callbackTimeoutSeconds: 9)
    let updates = numbers.map {
      TimerCommand.update(UpdateTimer(key: PostgresHarness.key($0), changes: changes))
    }
    try await meter.count("command log", rows: 2 * Self.size) {
      let batches = [
        CommandBatch(source: source, expectedOffset: nil, nextOffset: 10, commands: creates),
        CommandBatch(source: source, expectedOffset: 10, nextOffset: 20, commands: updates),
      ]
      for batch in batches {
        let result = try await store.apply(batch) { _ in [] }
        if case .stale = result { Issue.record("another offset is on record: \(result)") }
      }
      #expect(try await store.positions(of: [source]).first?.own?.offset == 20)
      _ = try await store.purgedBefore()
    }
  }

  private func nodes() async throws {
    let (node, gone) = (harness.node, NodeID("gone-\(first)"))
    let record = NodeRecord(id: node, startedAt: PostgresHarness.past, version: "1")
    try await meter.count("nodes and leases", rows: 16) {
      _ = try await store.heartbeat(record, duration: .seconds(600))
      #expect(try await store.nodes().count == 1)
      let shards = Array(0..<4)
      #expect(try await store.acquireLeases(shards, for: node, duration: .seconds(60)).count == 4)
      #expect(try await store.renewLeases(of: node, duration: .seconds(60)).count == 4)
      #expect(try await store.leases().count == 4)
      try await store.releaseLeases(shards, of: node)
      try await store.retire(gone)
    }
  }
}
