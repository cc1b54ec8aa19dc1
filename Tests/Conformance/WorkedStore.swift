import TimerModel
import TimerTesting

/// A store adapter that leaves all work to another store: the example of docs/add-a-store.md.
struct WorkedStore: TimerStore {
  private let database: InMemoryTimerStore

  init(_ database: InMemoryTimerStore) { self.database = database }

  var shardCount: Int { database.shardCount }

  func time() async throws -> StoreTime { await database.time() }

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] { await database.apply(commands) }

  func timers(_ keys: [TimerKey]) async throws -> [Timer?] { await database.timers(keys) }

  func claim(_ request: ClaimRequest) async throws -> ClaimReply { try await database.claim(request) }

  func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    await database.settle(settlements)
  }

  func due(
    shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int
  ) async throws -> [DueEntry] {
    await database.due(shard: shard, after: cursor, through: through, limit: limit)
  }

  func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    await database.overdue(shards: shards, before: before, limit: limit)
  }

  func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    await database.purge(endedBefore: before, limit: limit)
  }
}
