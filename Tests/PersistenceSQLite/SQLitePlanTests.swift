import FoundationEssentials
import GRDB
import Testing
import TimerModel
import TimerTesting

@testable import PersistenceSQLite

/// Statements find their rows by the intended indexes, whatever the statistics say (decision 0029).
@Suite final class SQLitePlanTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
  private let clock = ManualClock()

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test("Plans hold whatever ANALYZE last saw")
  func plansHold() async throws {
    let statements = try await statementsOfStore()
    // As many as the store has. One that `work` does not reach is missing here, and in what follows.
    #expect(statements.count == 37, "\(statements.sorted().joined(separator: "\n"))")
    let plans = try Self.plans(of: statements, after: "")
    for (statement, plan) in plans {
      let foreign = plan.filter { !Self.isIntended($0, in: statement) }
      #expect(foreign == [], "\(statement)")
    }
    for statistics in SQLiteStatistics.allCases {
      for (statement, plan) in try Self.plans(of: statements, after: statistics.sql) {
        #expect(plan == plans[statement], "\(statistics): \(statement)")
      }
    }
  }

  /// A page of the outbox ends with its last message. There are as many offsets as groups and partitions. The rest is looked up.
  private static func isIntended(_ step: String, in statement: String) -> Bool {
    if step.hasPrefix("USE TEMP B-TREE") { return statement.contains("command_offsets") }
    guard step.hasPrefix("SCAN") else { return true }
    // A count reads its index up to a limit.
    let counted = ["SCAN timers USING INDEX timers_due", "SCAN timers USING COVERING INDEX timers_over"]
    if statement.hasPrefix("SELECT count(*)"), counted.contains(step) { return true }
    return ["outbox", "command_offsets", "json_each", "(subquery"].contains { step.hasPrefix("SCAN \($0)") }
  }

  /// The steps of each statement, on a new database after `preparation`.
  private static func plans(
    of statements: Set<String>, after preparation: String
  ) throws -> [String: [String]] {
    let database = try DatabaseQueue()
    try SQLiteSchema.migrator.migrate(database)
    return try database.write { db in
      try db.execute(sql: preparation)
      var plans: [String: [String]] = [:]
      for sql in statements {
        let explanation = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
        // Plans do not depend on values.
        explanation.setUncheckedArguments([])
        plans[sql] = try Row.fetchAll(explanation).map { row in row["detail"] as String }
      }
      return plans
    }
  }

  /// All statements that a store runs once it is open.
  private func statementsOfStore() async throws -> Set<String> {
    let log = StatementLog()
    let path = folder.appending(path: "timers.db").path
    let store = try await SQLiteTimerStore.open(path: path, clock: clock) { log.watch($0) }
    log.clear()
    let keys = (0..<4).map { TimerKey(groupID: "g", timerID: "t\($0)") }
    let message = OutboxMessage(shard: 1, topic: "events", key: nil, headers: [], value: nil)
    let definition = TimerDefinition(
      executeAt: clock.now().store, destination: .http(HTTPDestination(url: "http://example.com/")))
    let changes = TimerChanges(callbackTimeoutSeconds: 7)
    _ = try await store.apply(keys.map { .create(CreateTimer(key: $0, definition: definition)) })
    _ = try await store.apply([
      .update(UpdateTimer(key: keys[0], changes: changes)),
      .cancel(CancelTimer(key: keys[1], messages: [message])),
    ])
    try await search(store)
    try await work(on: store, keys, message)
    try store.close()
    return log.statements
  }

  private func search(_ store: SQLiteTimerStore) async throws {
    let tag = Tag(name: "customer", value: "42")
    for group in ["g", nil] {
      for index in [TimerScan.Index.keys(""), .tag(tag, "")] {
        _ = try await store.scan(TimerScan(index, groupID: group))
      }
      for isDescending in [false, true] {
        for index in [TimerScan.Index.due, .ended([.delivered, .cancelled]), .ended([.dead])] {
          _ = try await store.scan(TimerScan(index, groupID: group, isDescending: isDescending))
        }
      }
      _ = try await store.phaseCounts(groupID: group, limit: 9)
    }
    _ = try await store.groups(after: nil, limit: 9, entries: 9)
  }

  private func work(on store: SQLiteTimerStore, _ keys: [TimerKey], _ message: OutboxMessage) async throws {
    let request = ClaimRequest(keys: keys, node: NodeID("n"), lease: .seconds(1), claimAhead: .zero)
    _ = try await store.claim(request)
    // The next claim records that this one expired.
    clock.advance(by: .seconds(2))
    for case .claimed(let timer) in try await store.claim(request).verdicts {
      let settlement = Settlement(
        key: timer.key, fence: timer.fence, ending: .delivered, attempt: nil, messages: [message])
      #expect(try await store.settle([settlement]) == [.settled])
    }
    _ = try await store.timers(keys)

    let now = clock.now().store
    _ = try await store.due(shard: 0, after: nil, through: now, limit: 9)
    _ = try await store.overdue(shards: [0], before: now, limit: 9)
    #expect(try await store.purge(endedBefore: now + .seconds(1), limit: 9) == 4)
    _ = try await store.outbox(OutboxPage(shards: [1]))
    try await store.removeFromOutbox([1])
    _ = try await store.outboxCount(limit: 9)

    let source = CommandSource(group: "timerd", topic: "commands", partition: 0)
    let batch = CommandBatch(source: source, expectedOffset: nil, nextOffset: 1, commands: [])
    _ = try await store.apply(batch) { _ in [] }
    _ = try await store.positions(of: [source])
    _ = try await store.purgedBefore()
  }
}
