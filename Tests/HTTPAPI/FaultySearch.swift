import TimerModel
import TimerTesting

/// Stands before a real store and fails with the faults that a test has chosen for commands.
struct FaultySearch: TimerSearch {
  let store: InMemoryTimerStore
  let commands: FaultyCommands

  func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    try await commands.failIfAsked()
    return await store.timers(keys)
  }

  func scan(_ scan: TimerScan) async throws -> ScannedTimers {
    try await commands.failIfAsked()
    return await store.scan(scan)
  }

  func phaseCounts(groupID: String?, limit: Int) async throws -> [Timer.Phase: Int]? {
    try await commands.failIfAsked()
    return await store.phaseCounts(groupID: groupID, limit: limit)
  }

  func groups(after groupID: String?, limit: Int, entries: Int) async throws -> [GroupCounts] {
    try await commands.failIfAsked()
    return await store.groups(after: groupID, limit: limit, entries: entries)
  }
}
