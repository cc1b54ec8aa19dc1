import KafkaClient
package import TimerModel

/// The offset at which a partition is read from, and the state in which its log was found.
package struct LogStart: Hashable, Sendable {
  /// The offset to read from; nil stands for the partition's beginning.
  package var offset: Int64?
  /// The offset that the store has on record; nil if it has none.
  package var onRecord: Int64?
  /// The state of the log.
  package var log: LogState
  /// Something that an operator must hear of.
  package var incident: LogIncident?

  package init(
    offset: Int64?, onRecord: Int64?, log: LogState = LogState(), incident: LogIncident? = nil
  ) {
    self.offset = offset
    self.onRecord = onRecord
    self.log = log
    self.incident = incident
  }
}

/// The known facts about a partition's log besides its records.
package struct LogState: Hashable, Sendable {
  /// The number of times the log was found to be another one.
  package var generation = 0
  /// Records that may have been read before.
  package var replay: LogReplay?

  package init(generation: Int = 0, replay: LogReplay? = nil) {
    self.generation = generation
    self.replay = replay
  }

  init(_ mark: LogMark?) { self.init(generation: mark?.generation ?? 0, replay: mark?.replay) }

  /// Returns the mark to record once everything before `offset` has been read; `last` is the last record, if
  /// one has been read.
  func mark(before offset: Int64, last: KafkaRecord? = nil) -> LogMark {
    LogMark(
      record: last.map {
        LogMark.Record(offset: $0.offset, timestamp: $0.timestampMilliseconds, digest: $0.digest)
      }, generation: generation, replay: replay.flatMap { $0.until > offset ? $0 : nil })
  }

  /// Returns true if a record may have been read before.
  func mayRepeat(_ record: KafkaRecord) -> Bool { replay.map { record.offset < $0.until } ?? false }
}
