import PersistenceMySQL
import TestSupport
import Testing
import TimerModel

/// Counts the rows that the server reads for a call, which must be a small multiple of those that it returns.
@Suite struct MySQLPlanTests {
  private static let timers = 20_000
  /// At most as many rows are read by the measurement itself.
  private static let ownRows = 30

  @Test func callsReadFewRows() async throws {
    let server = try MariaDBServer()
    let harness = try await MySQLHarness(MySQLHarness.configuration(server, database: "plans"))
    let store = harness.store
    for start in stride(from: 0, to: Self.timers, by: 1000) {
      _ = try await harness.create(start..<start + 1000)
    }
    let page = try await store.due(shard: 3, after: nil, through: MySQLHarness.past, limit: 10)
    #expect(page.count == 10)
    let due = try await Self.rowsRead(server) {
      _ = try await store.due(shard: 3, after: page.last, through: MySQLHarness.past, limit: 10)
    }
    #expect(due <= 5 * 10 + Self.ownRows)
    let overdue = try await Self.rowsRead(server) {
      let all = try await store.overdue(
        shards: Array(0..<64), before: Timestamp(milliseconds: .max), limit: 640)
      #expect(all.count == 640)
    }
    #expect(overdue <= 5 * 640 + Self.ownRows)
    for count in [10, 1000] {
      let read = try await Self.rowsRead(server) {
        let claimed = try await harness.claim(0..<count).count
        #expect(claimed <= count)
      }
      #expect(read <= 5 * count + Self.ownRows, "\(count) claims")
    }
    let commands = (0..<10).map { TimerCommand.cancel(CancelTimer(key: MySQLHarness.key(5000 + $0))) }
    let cancels = try await Self.rowsRead(server) { _ = try await store.apply(commands) }
    #expect(cancels <= 5 * 10 + Self.ownRows)
    let purge = try await Self.rowsRead(server) {
      let purged = try await store.purge(endedBefore: Timestamp(milliseconds: .max), limit: 10)
      #expect(purged == 10)
    }
    #expect(purge <= 5 * 10 + Self.ownRows)
    await store.close()
  }

  @Test func tagsReadFewRows() async throws {
    let server = try MariaDBServer()
    let harness = try await MySQLHarness(MySQLHarness.configuration(server, database: "tags"))
    let store = harness.store
    for start in stride(from: 0, to: Self.timers, by: 1000) {
      _ = try await store.apply((start..<start + 1000).map { .create(Self.tagged($0)) })
    }
    let creations = try await Self.rowsRead(server) {
      _ = try await store.apply((Self.timers..<Self.timers + 10).map { .create(Self.tagged($0)) })
    }
    #expect(creations <= 5 * 10 + Self.ownRows)
    let keys = (5000..<5010).map(MySQLHarness.key)
    let changes = TimerChanges(tags: ["customer": "0"])
    let updates = try await Self.rowsRead(server) {
      _ = try await store.apply(keys.map { .update(UpdateTimer(key: $0, changes: changes)) })
    }
    // Each has two tags, which are found and deleted.
    #expect(updates <= 10 * 10 + Self.ownRows)
    _ = try await store.apply(keys.map { .cancel(CancelTimer(key: $0)) })
    let purge = try await Self.rowsRead(server) {
      let purged = try await store.purge(endedBefore: Timestamp(milliseconds: .max), limit: 10)
      #expect(purged == 10)
    }
    #expect(purge <= 10 * 10 + Self.ownRows)
    await store.close()
  }

  /// A timer with a tag that many have, and one of its own.
  private static func tagged(_ number: Int) -> CreateTimer {
    MySQLHarness.create(number, tags: ["customer": "\(number % 7)", "order": "\(number)"])
  }

  /// The rows that statements read during a call.
  private static func rowsRead(
    _ server: MariaDBServer, _ call: () async throws -> Void
  ) async throws -> Int {
    let before = try rowsRead(server)
    try await call()
    return try rowsRead(server) - before
  }

  /// The rows that statements have read. Reading this number reads a few itself.
  private static func rowsRead(_ server: MariaDBServer) throws -> Int {
    try server.query("SHOW GLOBAL STATUS LIKE 'Handler_read%'").reduce(0) { sum, row in
      sum + (try #require(row.split(separator: "\t").last.flatMap { Int($0) }))
    }
  }
}
