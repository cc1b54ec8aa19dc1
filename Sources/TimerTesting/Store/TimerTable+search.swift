public import TimerModel

// The indexes of a database, made from all timers for each call.
extension TimerTable {
  /// Reads a part of an index.
  public func scan(_ scan: TimerScan, at now: StoreTime) -> ScannedTimers {
    let isBefore = { (a: ScanPosition, b: ScanPosition) in scan.isDescending ? b < a : a < b }
    let entries = timers(allTimers.map(\.key), at: now).compactMap { timer in
      timer.flatMap { Self.entry($0, in: scan) }
    }.filter { entry in scan.after.map { isBefore($0, entry.position) } ?? true }
      .sorted { isBefore($0.position, $1.position) }
    let part = Array(entries.prefix(scan.limit))
    return ScannedTimers(timers: part, next: entries.count > part.count ? part.last?.position : nil)
  }

  /// Counts timers by phase.
  public func phaseCounts(groupID: String?) -> [Timer.Phase: Int] {
    allTimers.filter { groupID == nil || $0.key.groupID == groupID }.reduce(into: [:]) { counts, timer in
      counts[timer.phase, default: 0] += 1
    }
  }

  /// Lists groups with their counts.
  public func groups(after groupID: String?, limit: Int, entries: Int) -> [GroupCounts] {
    let names = Set(allTimers.map(\.key.groupID)).filter { name in groupID.map { $0 < name } ?? true }
    var (groups, counted): ([GroupCounts], Int) = ([], 0)
    for name in names.sorted().prefix(limit) where counted < entries {
      groups.append(GroupCounts(groupID: name, counts: phaseCounts(groupID: name)))
      counted += groups.last?.total ?? 0
    }
    return groups
  }

  private static func entry(_ timer: Timer, in scan: TimerScan) -> ScannedTimer? {
    guard scan.groupID == nil || scan.groupID == timer.key.groupID else { return nil }
    let time: Timestamp?
    switch scan.index {
    case .keys(let prefix):
      guard timer.key.timerID.hasPrefix(prefix) else { return nil }
      time = nil
    case .tag(let tag, let prefix):
      guard timer.key.timerID.hasPrefix(prefix), timer.definition.tags[tag.name] == tag.value else {
        return nil
      }
      time = nil
    case .due:
      guard timer.phase == .scheduled else { return nil }
      time = timer.dueAt
    case .ended(let phases):
      guard phases.contains(timer.phase) else { return nil }
      time = timer.updatedAt
    }
    if let time, scan.from.map({ time < $0 }) ?? false || scan.before.map({ time >= $0 }) ?? false {
      return nil
    }
    return ScannedTimer(position: ScanPosition(time: time, key: timer.key), timer: timer.withoutContent)
  }
}

extension Timer {
  /// The timer as scans return it.
  fileprivate var withoutContent: Timer {
    var timer = self
    timer.definition.payload = nil
    timer.definition.retryPolicy = nil
    timer.traceContext = nil
    return timer
  }
}
