package import KafkaClient

/// An event that the ingest engine handles.
package enum KafkaIngestEvent: Sendable {
  /// The consumer said something.
  case consumer(KafkaConsumerEvent)
  /// It was found out where partitions are read from, in their order; nil where the store or a broker could not tell.
  case startsFound([KafkaPartition], [LogStart?])
  /// Partitions were looked at; these are not as the store remembers them.
  case logsChecked(suspects: [KafkaPartition])
  /// A batch was given to the store.
  case applied(RecordBatch, BatchOutcome)
  /// Begin no more batches, and finish those in progress.
  case drain
}

/// An action that the ingest engine asks for.
package enum KafkaIngestAction: Hashable, Sendable {
  /// Find out where partitions are read from → `startsFound`.
  case findStarts([KafkaPartition])
  /// Find out whether the logs that are read are still those on record → `logsChecked`.
  case checkLogs([KafkaPartition])
  /// Give a batch to the store → `applied`.
  case apply(RecordBatch)
  /// Have the consumer read partitions that it was assigned; nothing comes back.
  case assign([KafkaPosition])
  /// Have the consumer give up partitions; nothing comes back.
  case unassign([KafkaPartition])
  /// Have the consumer read on elsewhere → `sought`.
  case seek([KafkaPosition])
  /// Have the consumer fetch nothing more of partitions for now; nothing comes back.
  case pause([KafkaPartition])
  /// Have the consumer fetch again; nothing comes back.
  case resume([KafkaPartition])
  /// Tell the broker how far the group is; nothing comes back.
  case commit([KafkaPosition])
}

/// Records of one partition, in its order, that take effect together.
package struct RecordBatch: Hashable, Sendable {
  package var partition: KafkaPartition
  /// The offset that must be on record for the batch to count; nil if there must be none.
  package var expectedOffset: Int64?
  /// The state of the log.
  package var log: LogState
  /// The records; there is at least one.
  package var records: [KafkaRecord]

  package init(
    partition: KafkaPartition, expectedOffset: Int64?, log: LogState = LogState(), records: [KafkaRecord]
  ) {
    self.partition = partition
    self.expectedOffset = expectedOffset
    self.log = log
    self.records = records
  }

  /// The offset on record from then on.
  package var nextOffset: Int64 { records.last.map { $0.offset < .max ? $0.offset + 1 : .max } ?? 0 }
}

/// The result of a batch.
package enum BatchOutcome: Hashable, Sendable {
  /// It counted, as a whole.
  case applied
  /// Somebody else was there first; the offset on record.
  case stale(Int64?)
  /// No offset was recorded: the batch is to be applied again.
  case failed
  /// All or nothing happened.
  case unknown
}
