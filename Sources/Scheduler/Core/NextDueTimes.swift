import TimerModel

/// The due time of the earliest entry that the index is known to hold, for each shard, so that only shards that have something due are
/// read.
struct NextDueTimes: Sendable {
  private var times: [Int: Timestamp] = [:]
  /// The time at which all shards are to be read, whatever is known of them.
  private var allAt: Timestamp?
  /// The earliest of these times; nil if nothing is known to be due.
  private(set) var earliest: Timestamp?

  /// The shards of a read.
  enum Shards: Equatable, Sendable { case all, some([Int]) }

  /// Remembers that a shard holds something due at `dueAt`.
  mutating func note(_ dueAt: Timestamp, in shard: Int) {
    if let known = times[shard], known <= dueAt { return }
    times[shard] = dueAt
    earliest = earliest.map { min($0, dueAt) } ?? dueAt
  }

  /// Schedules a read of all shards.
  mutating func noteAll(_ time: Timestamp) {
    allAt = time
    updateEarliest()
  }

  /// Removes and returns the shards that have something due by `through`, in order; empty if there is none.
  mutating func take(through: Timestamp) -> Shards {
    if let allAt, allAt <= through { return takeAll() }
    let due = times.filter { $0.value <= through }.keys.sorted()
    for shard in due { times[shard] = nil }
    updateEarliest()
    return .some(due)
  }

  /// Forgets what is known, as all shards are read.
  mutating func takeAll() -> Shards {
    forget()
    return .all
  }

  mutating func forget() {
    times.removeAll(keepingCapacity: true)
    (allAt, earliest) = (nil, nil)
  }

  private mutating func updateEarliest() {
    earliest = times.values.min()
    if let allAt { earliest = earliest.map { min($0, allAt) } ?? allAt }
  }
}
