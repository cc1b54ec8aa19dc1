import TimerModel

/// Up to which due time the index holds all timers of each shard, barring losses, which the sweep finds.
///
/// What becomes due later than that need not be added: a refill will read it from the store.
struct IndexCoverage {
  fileprivate struct Shard {
    var through = Timestamp(milliseconds: .min)
    /// The last entry of the latest page, while a shard is read page by page.
    var cursor: DueEntry?
  }

  private var shards: [Int: Shard] = [:]
  private var refill: Refill?

  /// The shards that are owned, in order.
  var owned: [Int] { shards.keys.sorted() }

  /// The time up to which every owned shard is covered; nil where none is owned.
  var least: Timestamp? { shards.values.map(\.through).min() }

  func isOwned(_ shard: Int) -> Bool { shards[shard] != nil }

  /// Returns those of `entries` that are in owned shards.
  func owned(_ entries: [DueEntry]) -> [DueEntry] {
    entries.allSatisfy { isOwned($0.shard) } ? entries : entries.filter { isOwned($0.shard) }
  }

  /// Owns exactly `owned`; shards that are new start with nothing.
  mutating func own(_ owned: [Int]) {
    let known = shards
    shards = [:]
    for shard in owned { shards[shard] = known[shard] ?? Shard() }
    if let refill, shards[refill.shard] == nil { self.refill = nil }
  }

  /// Forgets everything: the index was lost.
  mutating func reset() {
    for shard in shards.keys { shards[shard] = Shard() }
    refill = nil
  }

  /// Returns true if an entry belongs into the index: it is due by `horizon`, or its shard is covered further than that. A refill by
  /// this node would find the former, but the shard may be another node's by now, which has refilled it already.
  func includes(_ entry: DueEntry, through horizon: Timestamp) -> Bool {
    guard entry.dueAt > horizon else { return true }
    guard let shard = shards[entry.shard] else { return false }
    if let refill, refill.shard == entry.shard, entry.dueAt <= refill.through { return true }
    return entry.dueAt <= shard.through
  }

  /// Notes that an entry was left out for want of room.
  mutating func exclude(_ entry: DueEntry) {
    guard let shard = shards[entry.shard] else { return }
    let before = entry.dueAt - .milliseconds(1)
    shards[entry.shard] = Shard(through: min(shard.through, before))
    if refill?.shard == entry.shard { refill = nil }
  }

  /// Begins to refill the shard that is covered least, if that is less far than `wanted`.
  mutating func beginRefill(wanted: Timestamp, through: Timestamp, limit: Int) -> Refill? {
    guard refill == nil,
      let (number, shard) = shards.min(by: { ($0.value.through, $0.key) < ($1.value.through, $1.key) }),
      shard.through < wanted
    else { return nil }
    refill = Refill(shard: number, cursor: shard.start(of: number), through: through, limit: limit)
    return refill
  }

  /// Ends a refill that brought a page.
  mutating func end(_ ended: Refill, page: [DueEntry]) {
    guard refill == ended else { return }
    refill = nil
    if page.count >= ended.limit, let last = page.last {
      // Timers that share the last one's due time may be on the next page.
      let before = last.dueAt - .milliseconds(1)
      shards[ended.shard] = Shard(through: before, cursor: last)
    } else {
      shards[ended.shard] = Shard(through: ended.through)
    }
  }

  /// Ends a refill that failed.
  mutating func abandonRefill() { refill = nil }

  /// Comes down to `latest`, after the store's clock was set back, so that refills go on at their pace.
  mutating func lower(to latest: Timestamp) {
    for (number, shard) in shards where shard.through > latest { shards[number] = Shard(through: latest) }
  }
}

extension IndexCoverage.Shard {
  /// After which entry the next page begins; nil for the first of all.
  fileprivate func start(of number: Int) -> DueEntry? {
    if let cursor { return cursor }
    guard through.milliseconds > .min else { return nil }
    // No timer has an empty key, so that this stands before all that become due in that millisecond.
    let next = through + .milliseconds(1)
    return DueEntry(key: TimerKey(groupID: "", timerID: ""), shard: number, dueAt: next)
  }
}
