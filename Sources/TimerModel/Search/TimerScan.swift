/// A bounded read of timers in the order of one of a store's indexes.
public struct TimerScan: Hashable, Sendable {
  /// The order of a scan, and the timers that are in it.
  public enum Index: Hashable, Sendable {
    /// All timers whose id begins so, by group and id; ascending only.
    case keys(String)
    /// The timers with a tag, whose id begins so, by group and id; ascending only.
    case tag(Tag, String)
    /// The scheduled timers by `dueAt`.
    case due
    /// The timers whose life ended in one of these phases, by its end.
    case ended(Set<Timer.Phase>)
  }

  /// The order, and the timers that are in it.
  public var index: Index
  /// The group; nil stands for all groups.
  public var groupID: String?
  /// The earliest time, in an order by time.
  public var from: Timestamp?
  /// The time before which all are, in an order by time.
  public var before: Timestamp?
  /// True if the latest come first, in an order by time.
  public var isDescending: Bool
  /// The position after which the scan begins; nil begins at the beginning.
  public var after: ScanPosition?
  /// The number of timers to look at, about; a store may look at a few times as many.
  public var limit: Int

  /// Creates a scan from the beginning of an index.
  public init(
    _ index: Index, groupID: String? = nil, from: Timestamp? = nil, before: Timestamp? = nil,
    isDescending: Bool = false, limit: Int = 100
  ) {
    self.index = index
    self.groupID = groupID
    self.from = from
    self.before = before
    self.isDescending = isDescending
    self.limit = limit
  }
}

/// The place of a timer in an index.
public struct ScanPosition: Hashable, Sendable {
  /// The time by which the index is ordered; nil in an order by key.
  public var time: Timestamp?
  /// The timer.
  public var key: TimerKey
  /// A number that decides among equal times in the place of the key, in stores that have one.
  public var row: Int64?

  /// Creates a position; in an order by key without `time`.
  public init(time: Timestamp? = nil, key: TimerKey, row: Int64? = nil) {
    self.time = time
    self.key = key
    self.row = row
  }
}

extension ScanPosition: Comparable {
  /// Orders by time, then by the row or the key.
  public static func < (a: ScanPosition, b: ScanPosition) -> Bool {
    if let first = a.time, let second = b.time, first != second { return first < second }
    if let first = a.row, let second = b.row { return first < second }
    return a.key < b.key
  }
}

/// A timer as a scan found it, without payload, trace and retry policy, and with its latest attempts only. A void claim is not shown.
public struct ScannedTimer: Hashable, Sendable {
  /// The place of the timer in the index.
  public var position: ScanPosition
  /// The timer; nil at a place whose timer cannot be read, or is not what the index says.
  public var timer: Timer?

  /// Creates an entry of a scan.
  public init(position: ScanPosition, timer: Timer?) {
    self.position = position
    self.timer = timer
  }
}

/// The result of a scan.
public struct ScannedTimers: Hashable, Sendable {
  /// The timers in the order of the index; those of other groups may be left out.
  public var timers: [ScannedTimer]
  /// The position after which the next scan goes on; nil at the end of the index.
  public var next: ScanPosition?

  /// Creates a result; without `next` it is the last one.
  public init(timers: [ScannedTimer], next: ScanPosition?) {
    self.timers = timers
    self.next = next
  }

  /// Merges parts of one index, each read in its order, such as those of several shards.
  ///
  /// A part that has more hides what comes after its end in the others: the result ends at the first such end.
  public init(merging parts: [ScannedTimers], isDescending: Bool) {
    let isBefore = { (a: ScanPosition, b: ScanPosition) in isDescending ? b < a : a < b }
    next = parts.compactMap(\.next).min(by: isBefore)
    let end = next
    timers = parts.flatMap(\.timers).filter { entry in
      end.map { !isBefore($0, entry.position) } ?? true
    }.sorted { isBefore($0.position, $1.position) }
  }
}
