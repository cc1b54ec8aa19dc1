import KafkaClient
import TimerModel

/// Judges whether a broker's log is the one that was read, and says where reading goes on.
enum LogComparator {
  /// The looks that are needed: at the last record that was read, or for the end of a log of which none was.
  static func query(_ partition: KafkaPartition, _ positions: LogPositions) -> KafkaLogQuery {
    guard let position = positions.own ?? positions.other, position.isPossible, position.offset > 0 else {
      return KafkaLogQuery(partition, offset: nil)
    }
    let last = position.offset - 1
    // Versions before this one move the offset and leave the mark.
    let record = position.mark?.record.flatMap { $0.offset == last ? $0 : nil }
    return KafkaLogQuery(partition, offset: last, digest: record?.digest, timestamp: record?.timestamp)
  }

  /// Decides where a partition is read from.
  static func start(_ partition: KafkaPartition, _ positions: LogPositions, _ view: KafkaLogView) -> LogStart
  {
    guard let own = positions.own else { return first(partition, positions.other, view) }
    guard own.isPossible else { return again(partition, own, view, .unreadable) }
    switch compare(own, view) {
    case .sameLog:
      var start = LogStart(offset: own.offset, onRecord: own.offset, log: LogState(own.mark))
      // Another group that has come further may have carried out what is new to this one.
      if let other = positions.other, other.isPossible,
        other.offset > max(own.offset, start.log.replay?.until ?? 0)
      {
        start.log.replay = LogReplay(until: min(other.offset, view.end), isCertain: false)
      }
      return start
    case .lost(let count):
      return LogStart(
        offset: view.low, onRecord: own.offset, log: LogState(own.mark),
        incident: LogIncident(.lost(count), of: partition, onRecord: own.offset, from: view.low))
    case .otherLog: return again(partition, own, view, .replaced)
    case .shorterLog: return again(partition, own, view, .cutOff)
    }
  }

  private enum Comparison {
    case sameLog
    /// Or at least nothing speaks against it.
    case lost(Int64)
    case shorterLog
    case otherLog
  }

  private static func compare(_ position: LogPosition, _ view: KafkaLogView) -> Comparison {
    let offset = position.offset
    let isBehind = view.low > offset
    switch view.match {
    case .same: return .sameLog
    case .different: return .otherLog
    case .end(let end) where end < offset: return .shorterLog
    case .outside where !isBehind && view.end < offset: return .shorterLog
    // Compaction and retention may have taken the last record that was read: that says nothing.
    case .gap, .end, .outside, nil: return isBehind ? .lost(view.low - offset) : .sameLog
    }
  }

  /// A group that has nothing on record. The store may have carried out these commands for another group, or before its offsets were
  /// lost.
  private static func first(
    _ partition: KafkaPartition, _ other: LogPosition?, _ view: KafkaLogView
  ) -> LogStart {
    var start = LogStart(offset: view.low, onRecord: nil)
    if let other, other.isPossible, other.offset > 0 {
      switch compare(other, view) {
      case .sameLog:
        start.log = LogState(
          generation: other.mark?.generation ?? 0, replay: LogReplay(until: other.offset, isCertain: true))
        if other.offset > view.low {
          start.incident = LogIncident(
            .readByAnother(other.group), of: partition, onRecord: nil, from: view.low)
        }
        return start
      case .lost(let count):
        start.log.generation = other.mark?.generation ?? 0
        start.incident = LogIncident(.lost(count), of: partition, onRecord: other.offset, from: view.low)
        return start
      case .shorterLog, .otherLog: start.log.generation = (other.mark?.generation ?? 0) + 1
      }
    }
    if view.end > view.low { start.log.replay = LogReplay(until: view.end, isCertain: false) }
    if view.low > 0 {
      start.incident = LogIncident(.lost(view.low), of: partition, onRecord: nil, from: view.low)
    }
    return start
  }

  /// A log that is not the one that was read. Where it begins with records that are older than the last one that was read, reading goes on
  /// behind those; otherwise all of it is news.
  private static func again(
    _ partition: KafkaPartition, _ own: LogPosition, _ view: KafkaLogView, _ kind: LogIncident.Kind
  ) -> LogStart {
    let generation = own.mark?.generation ?? 0
    let margin = KafkaLogView.margin.microseconds / 1000
    let isCopy =
      if let last = own.mark?.record?.timestamp, let first = view.firstTimestamp {
        first < (last > margin ? last - margin : 0)
      } else { false }
    let from = isCopy ? view.younger ?? view.end : view.low
    let isCutOff = isCopy && kind == .cutOff
    let replay = view.end > from ? LogReplay(until: view.end, isCertain: false) : nil
    return LogStart(
      offset: from, onRecord: own.offset,
      log: LogState(
        generation: isCutOff || kind == .unreadable ? generation : generation + 1, replay: replay),
      incident: LogIncident(
        kind == .cutOff && !isCutOff ? .replaced : kind, of: partition, onRecord: own.offset, from: from))
  }
}

extension LogPosition {
  /// True if a broker can have such an offset: the one after a record.
  fileprivate var isPossible: Bool { offset >= 0 && offset < .max }
}
