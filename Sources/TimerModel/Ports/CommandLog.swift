/// One partition of a topic of commands, as one consumer group reads it.
public struct CommandSource: Hashable, Sendable {
  /// The consumer group, whose offsets are its own.
  public var group: String
  /// The name of the topic of commands.
  public var topic: String
  /// The partition's number within the topic, from 0.
  public var partition: Int32

  /// Creates the name of one partition as one group reads it.
  public init(group: String, topic: String, partition: Int32) {
    self.group = group
    self.topic = topic
    self.partition = partition
  }
}

/// Commands from one partition, in its order, and where reading goes on after them.
public struct CommandBatch: Hashable, Sendable {
  /// The topic, partition and group that they come from.
  public var source: CommandSource
  /// The offset that the store must have on record for the batch to count; nil if it must have none.
  public var expectedOffset: Int64?
  /// The offset that is on record from then on: that of the first record after the batch.
  public var nextOffset: Int64
  /// The mark to record beside the offset.
  public var mark: LogMark?
  /// The commands, in the order of their records.
  public var commands: [TimerCommand]

  /// Creates a batch, which counts only if `expectedOffset` is on record.
  public init(
    source: CommandSource, expectedOffset: Int64?, nextOffset: Int64, mark: LogMark? = nil,
    commands: [TimerCommand]
  ) {
    self.source = source
    self.expectedOffset = expectedOffset
    self.nextOffset = nextOffset
    self.mark = mark
    self.commands = commands
  }
}

/// The result of a batch, which counts as a whole or not at all.
public enum CommandBatchResult: Hashable, Sendable {
  /// It counted, now and only now: one result per command, in order.
  case applied([CommandResult])
  /// Another consumer was there first; nothing was done. The offset on record, if any.
  case stale(storedOffset: Int64?)
}

/// Optional power of a store: commands take effect together with the offset up to which their partition was read, so that
/// each counts exactly once whatever crashes.
public protocol CommandLogStore: TimerStore {
  /// Applies a batch, records its offset and puts what `messages` makes of the results into the outbox, in one transaction.
  ///
  /// - Parameter messages: called once or more, within the transaction; pure.
  /// - Throws: `StoreError`; after an unknown outcome the caller reads the offset on record to learn what happened.
  func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult

  /// Reads the positions on record, those of other groups included.
  ///
  /// - Returns: one pair per source, in order.
  func positions(of sources: [CommandSource]) async throws -> [LogPositions]

  /// Returns the latest time by which timers have been purged: one that ended earlier may be gone; nil if none is.
  func purgedBefore() async throws -> Timestamp?
}

extension CommandLogStore {
  /// Reads the offsets on record.
  ///
  /// - Returns: one per source, in order; nil where there is none.
  public func offsets(of sources: [CommandSource]) async throws -> [Int64?] {
    try await positions(of: sources).map(\.own?.offset)
  }
}
