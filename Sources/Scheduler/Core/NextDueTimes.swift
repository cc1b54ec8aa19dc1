import TimerModel

/// The due time of the earliest entry that the index is known to hold, for each shard, so that only shards that have something due are
/// read.
struct NextDueTimes: Sendable {
  /// By shard; a shard of which nothing is known has `never`. An array, since each addition to the index looks one up.
  private var times: [Timestamp] = []
  /// The time at which all shards are to be read, whatever is known of them.
  private var allAt: Timestamp?
  /// The earliest of these times; nil if nothing is known to be due.
  private(set) var earliest: Timestamp?

  private static let never = Timestamp(milliseconds: .max)
  /// More shards than any store has.
  private static let shardLimit = 1 << 16

  /// The shards of a read.
  enum Shards: Equatable, Sendable { case all, some([Int]) }

  /// Remembers that a shard holds something due at `dueAt`.
  mutating func note(_ dueAt: Timestamp, in shard: Int) {
    guard (0..<Self.shardLimit).contains(shard) else { return }
    while times.count <= shard { times.append(Self.never) }
    guard dueAt < times[shard] else { return }
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
    let due = times.indices.filter { times[$0] <= through && times[$0] != Self.never }
    for shard in due { times[shard] = Self.never }
    updateEarliest()
    return .some(due)
  }

  /// Forgets what is known, as all shards are read.
  mutating func takeAll() -> Shards {
    forget()
    return .all
  }

  mutating func forget() {
    for shard in times.indices { times[shard] = Self.never }
    (allAt, earliest) = (nil, nil)
  }

  private mutating func updateEarliest() {
    let known = times.min().flatMap { $0 == Self.never ? nil : $0 }
    earliest = [known, allAt].compactMap(\.self).min()
  }
}
