/// The timers of a query, counted.
public struct TimerCounts: Hashable, Sendable {
  /// The number of all.
  public var total: Int
  /// The number of each group, by the name of what they have in common.
  public var groups: [String: Int]

  /// Creates counts; `groups` is empty where none were asked for.
  public init(total: Int, groups: [String: Int] = [:]) {
    self.total = total
    self.groups = groups
  }
}

/// The property by which timers are counted apart.
public enum CountGrouping: Hashable, Sendable {
  /// The state.
  case status
  /// The origin of the URL, or the topic.
  case destination
  /// The value of the tag with this name; timers without it are in no group.
  case tag(String)

  func name(of timer: Timer) -> String? {
    switch self {
    case .status: timer.status.rawValue
    case .destination: timer.definition.destination.name
    case .tag(let name): timer.definition.tags[name]
    }
  }
}

extension TimerSearch {
  /// Counts the timers of a query. Without a filter, or with states alone, entries of indexes are counted, and timers that are being
  /// delivered count as scheduled; any other filter looks at the timers.
  ///
  /// - Throws: `UnservedQueryError` for a combination that no index serves or for too many timers, and errors of the store.
  public func count(
    _ query: TimerQuery, by grouping: CountGrouping?, limits: SearchLimits = SearchLimits()
  ) async throws -> TimerCounts {
    if query.countsPhases, grouping == nil || grouping == .status {
      return try await countPhases(query, hasGroups: grouping != nil, limits)
    }
    var counts = TimerCounts(total: 0)
    let plan = try ScanPlan(query)
    try await forEachPart(of: plan.scan, upTo: limits.counted) { part in
      for entry in part where plan.filter.selects(entry) {
        counts.total += 1
        if let name = entry.timer.flatMap({ grouping?.name(of: $0) }) { counts.groups[name, default: 0] += 1 }
      }
    } orElse: {
      Self.tooMany(limits.counted, in: query)
    }
    return counts
  }

  private func countPhases(
    _ query: TimerQuery, hasGroups: Bool, _ limits: SearchLimits
  ) async throws -> TimerCounts {
    guard let phases = try await phaseCounts(groupID: query.groupID, limit: limits.countedEntries) else {
      throw Self.tooMany(limits.countedEntries, in: query)
    }
    let statuses = query.filter.statuses
    var counts = TimerCounts(total: 0)
    for (phase, count) in phases {
      guard let status = TimerStatus(rawValue: phase.rawValue), statuses.isEmpty || statuses.contains(status)
      else { continue }
      counts.total += count
      if hasGroups, count > 0 { counts.groups[status.rawValue] = count }
    }
    return counts
  }

  private static func tooMany(_ limit: Int, in query: TimerQuery) -> UnservedQueryError {
    let (parameter, advice) =
      query.groupID == nil
      ? ("groupId", "a group or a tag") : ("groupId", "a tag, idPrefix or a range of times")
    return UnservedQueryError(parameter, "has more than \(limit) timers to look at; add \(advice)")
  }
}

extension TimerQuery {
  /// True if counts by phase answer it.
  fileprivate var countsPhases: Bool {
    var rest = filter
    rest.statuses = []
    return rest.isEmpty && !filter.statuses.contains(.delivering)
  }
}
