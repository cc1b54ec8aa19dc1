import TimerModel

/// An index that loses, forgets and remembers too much.
struct SimulatedIndex {
  private var entries: [TimerKey: DueEntry] = [:]
  private var older: [TimerKey: DueEntry] = [:]

  mutating func add(_ added: [DueEntry]) { for entry in added { entries[entry.key] = entry } }

  mutating func remove(_ removed: [DueEntry]) {
    // Redis removes those as well that have moved since.
    for entry in removed { entries[entry.key] = nil }
  }

  func due(in shards: [Int], through: Timestamp, limit: Int) -> DueReply {
    let sorted = entries.values.filter { shards.contains($0.shard) }
      .sorted { ($0.dueAt, $0.key) < ($1.dueAt, $1.key) }
    let due = sorted.prefix { $0.dueAt <= through }.prefix(limit)
    let next = sorted.dropFirst(due.count).map { ($0.shard, $0.dueAt) }
    return DueReply(entries: Array(due), nextDueAt: Dictionary(next, uniquingKeysWith: min))
  }

  var count: Int { entries.count }

  mutating func remember() { older = entries }
  mutating func wipe() { entries = [:] }
  mutating func goBack() { entries = older }
}
