/// A part of a list of timers.
public struct TimerPage: Hashable, Sendable {
  /// The timers in the order of the query.
  public var timers: [Timer]
  /// The position after which the next page goes on; nil at the end of the list.
  public var next: ScanPosition?

  /// Creates a page; without `next` it is the last one.
  public init(timers: [Timer], next: ScanPosition?) {
    self.timers = timers
    self.next = next
  }
}

/// The bounds of one page or one count.
public struct SearchLimits: Hashable, Sendable {
  /// The number of timers that a page examines; a page that was not filled by then ends early.
  public var examined = 2_000
  /// The size of the largest set that is sorted for a page.
  public var sorted = 10_000
  /// The number of timers that a count examines.
  public var counted = 50_000
  /// The number of entries of an index that are counted without looking at timers.
  public var countedEntries = 5_000_000
  /// The number of entries after which a page of groups ends.
  public var groupEntries = 200_000
  /// The maximum number of payload bytes of a page; the first timer is shown whatever its size.
  public var pageBytes = 8 << 20

  /// The bounds that hold unless a test has others.
  public init() {}
}
