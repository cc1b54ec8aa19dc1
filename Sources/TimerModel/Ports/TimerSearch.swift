/// Optional power of a store: finding timers whose ids are not known.
///
/// Each call reads a bounded part of one index, whatever the store holds. What it reads need not be of one moment: a timer that keeps its
/// place in the index is found once. Every adapter passes `TimerSearchConformance`. Clients use `page`, `count` and `groups`.
public protocol TimerSearch: Sendable {
  /// Reads timers; a void claim is not shown.
  ///
  /// - Returns: one timer per key, in order; nil where there is none.
  func timers(_ keys: [TimerKey]) async throws -> [Timer?]

  /// Reads a part of an index, in its order.
  func scan(_ scan: TimerScan) async throws -> ScannedTimers

  /// Counts the timers of a group, or of all groups, by the phase that is stored.
  ///
  /// - Returns: a count for each phase; nil if more than `limit` entries of an index would have to be counted.
  func phaseCounts(groupID: String?, limit: Int) async throws -> [Timer.Phase: Int]?

  /// Lists groups by name, those after `groupID`, with their counts by phase.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of groups.
  ///   - entries: the number of entries of an index after which no further group is counted.
  func groups(after groupID: String?, limit: Int, entries: Int) async throws -> [GroupCounts]
}

/// The timers of one group, counted.
public struct GroupCounts: Hashable, Sendable {
  /// The group whose timers were counted.
  public var groupID: String
  /// The number of its timers in each phase that is stored.
  public var counts: [Timer.Phase: Int]

  /// Creates the counts of one group.
  public init(groupID: String, counts: [Timer.Phase: Int]) {
    self.groupID = groupID
    self.counts = counts
  }

  /// The number of timers of the group.
  public var total: Int { counts.values.reduce(0, +) }
}
