import TimerModel
import TimerTesting

/// A store whose outbox cannot be emptied, as of a node that is killed before it does so.
struct StuckOutbox: ForwardingTimerStore, TimerOutbox {
  let base: InMemoryTimerStore

  init(_ base: InMemoryTimerStore) { self.base = base }

  func outbox(_ page: OutboxPage) async -> [OutboxEntry] { await base.outbox(page) }
  func outboxCount(limit: Int) async -> Int { await base.outboxCount(limit: limit) }

  func removeFromOutbox(_ positions: [Int64]) async throws {
    throw StoreError(code: .unavailable, message: "stuck")
  }
}
