import GRDB
import Persistence
package import TimerModel

// Bounded parts of indexes. Each statement names its index, and its limit is that of the entries it looks at.
extension SQLiteTimerStore: TimerSearch {
  /// Reads a part of an index, in its order.
  package func scan(_ scan: TimerScan) async throws -> ScannedTimers {
    try await read { [self, now] db in
      switch scan.index {
      case .keys(let prefix): try scanKeys(scan, prefix, at: now, db)
      case .tag(let tag, let prefix): try scanTag(scan, tag, prefix, at: now, db)
      case .due: try scanDue(scan, at: now, db)
      case .ended(let phases): try scanEnded(scan, phases, at: now, db)
      }
    }
  }

  private static let keysSQL = """
    SELECT \(scannedColumns()) FROM timers INDEXED BY timers_key
    WHERE group_id = ? AND timer_id >= ? AND timer_id < ? ORDER BY timer_id LIMIT ?
    """

  private static let allKeysSQL = """
    SELECT \(scannedColumns()) FROM timers INDEXED BY timers_key
    WHERE (group_id, timer_id) > (?, ?) ORDER BY group_id, timer_id LIMIT ?
    """

  private func scanKeys(
    _ scan: TimerScan, _ prefix: String, at now: StoreTime, _ db: Database
  ) throws -> ScannedTimers {
    var statement = try BoundStatement(scan.groupID == nil ? Self.allKeysSQL : Self.keysSQL, db)
    try Self.bindKeys(scan, prefix, to: &statement)
    return try scanned(statement, scan.limit, at: now) { _ in ScanPlace() }
  }

  private static let tagSQL = """
    SELECT \(scannedColumns(prefix: "t.")) FROM tags g
    CROSS JOIN timers t INDEXED BY timers_key ON t.group_id = g.group_id AND t.timer_id = g.timer_id
    WHERE g.tag = ? AND g.group_id = ? AND g.timer_id >= ? AND g.timer_id < ? ORDER BY g.timer_id LIMIT ?
    """

  private static let allTagSQL = """
    SELECT \(scannedColumns(prefix: "t.")) FROM tags g
    CROSS JOIN timers t INDEXED BY timers_key ON t.group_id = g.group_id AND t.timer_id = g.timer_id
    WHERE g.tag = ? AND (g.group_id, g.timer_id) > (?, ?) ORDER BY g.group_id, g.timer_id LIMIT ?
    """

  private func scanTag(
    _ scan: TimerScan, _ tag: Tag, _ prefix: String, at now: StoreTime, _ db: Database
  ) throws -> ScannedTimers {
    var statement = try BoundStatement(scan.groupID == nil ? Self.allTagSQL : Self.tagSQL, db)
    try statement.bind(tag.description)
    try Self.bindKeys(scan, prefix, to: &statement)
    return try scanned(statement, scan.limit, at: now) { _ in ScanPlace() }
  }

  /// Binds the range of keys and the limit.
  private static func bindKeys(
    _ scan: TimerScan, _ prefix: String, to statement: inout BoundStatement
  ) throws {
    if let group = scan.groupID {
      let range = IDRange(prefix: prefix, after: scan.after?.key.timerID)
      try statement.bind(group)
      try statement.bind(range.from)
      try statement.bind(range.before)
    } else {
      try statement.bind(scan.after?.key.groupID ?? "")
      try statement.bind(scan.after?.key.timerID ?? "")
    }
    try statement.bind(scan.limit)
  }

  /// The condition of the index of ended timers by group. With `phase > 0` SQLite may take it for the range to read, and sort the rows,
  /// while its statistics say that they are few.
  static let overCondition = "phase <> \(PhaseCode.scheduled)"

  private static func endedSQL(_ index: String, _ condition: String, isDescending: Bool) -> String {
    let range =
      isDescending
      ? "(updated_at, id) < (?, ?) AND updated_at >= ? ORDER BY updated_at DESC, id DESC"
      : "(updated_at, id) > (?, ?) AND updated_at < ? ORDER BY updated_at, id"
    return """
      SELECT \(scannedColumns()) FROM timers INDEXED BY \(index) WHERE \(condition) AND \(range) LIMIT ?
      """
  }

  private func scanEnded(
    _ scan: TimerScan, _ phases: Set<Timer.Phase>, at now: StoreTime, _ db: Database
  ) throws -> ScannedTimers {
    guard let group = scan.groupID else {
      if phases.isEmpty { return ScannedTimers(timers: [], next: nil) }
      let isDead = phases == [.dead]
      let sql = Self.endedSQL(
        isDead ? "timers_dead" : "timers_ended",
        isDead ? "phase = \(PhaseCode.dead)" : PhaseCode.endedCondition, isDescending: scan.isDescending)
      return try scanEnded(scan, at: now, try BoundStatement(sql, db))
    }
    let sql = Self.endedSQL(
      "timers_over", "\(Self.overCondition) AND group_id = ? AND phase = ?",
      isDescending: scan.isDescending)
    let parts = try phases.map { phase in
      var statement = try BoundStatement(sql, db)
      try statement.bind(group)
      try statement.bind(Int(PhaseCode(phase).rawValue))
      return try scanEnded(scan, at: now, statement)
    }
    return ScannedTimers(merging: parts, isDescending: scan.isDescending)
  }

  private func scanEnded(
    _ scan: TimerScan, at now: StoreTime, _ bound: consuming BoundStatement
  ) throws -> ScannedTimers {
    let range = ScanRange(scan)
    var statement = bound
    try statement.bind(range.start)
    try statement.bind(range.startRow)
    try statement.bind(range.end)
    try statement.bind(scan.limit)
    return try scanned(statement, scan.limit, at: now) { row in
      ScanPlace(time: row.int64(.updatedAt), row: row.int64(.id))
    }
  }

  /// Reads the rows of a statement that stops after `limit`.
  func scanned(
    _ statement: consuming BoundStatement, _ limit: Int, at now: StoreTime,
    _ place: (SteppedRow) -> ScanPlace
  ) throws -> ScannedTimers {
    let timers = try statement.all { [run] row in
      let key = TimerKey(groupID: row.text(.groupID), timerID: row.text(.timerID))
      let timer = try readable(key) { try TimerRow(row, run: run).timer }
      return ScannedTimer(position: place(row).position(of: key), timer: timer?.withoutExpiredClaim(at: now))
    }
    return ScannedTimers(timers: timers, next: timers.count < limit ? nil : timers.last?.position)
  }

  /// The columns of a timer, with NULL for what a scan does not return.
  static func scannedColumns(prefix: String = "") -> String {
    SQLiteTimerColumn.allCases.map { column in
      switch column {
      case .payload, .retryPolicy, .traceparent, .tracestate: "NULL"
      default: "\(prefix)\(column.name)"
      }
    }.joined(separator: ", ")
  }
}

/// The part of a row that decides its place in an order by time.
struct ScanPlace {
  var time: Int64?
  var row: Int64?

  func position(of key: TimerKey) -> ScanPosition {
    ScanPosition(time: time.map { Timestamp(milliseconds: $0) }, key: key, row: row)
  }
}

extension Timer {
  /// The timer as readers see it: without a claim whose lease has expired.
  func withoutExpiredClaim(at now: StoreTime) -> Timer {
    var timer = self
    timer.discardExpiredClaim(at: now)
    return timer
  }
}
