/// A timer's place in the near-term index.
public struct DueEntry: Hashable, Sendable {
  /// The timer.
  public var key: TimerKey
  /// Its shard.
  public var shard: Int
  /// When it is due.
  public var dueAt: Timestamp

  /// Makes an entry.
  public init(key: TimerKey, shard: Int, dueAt: Timestamp) {
    self.key = key
    self.shard = shard
    self.dueAt = dueAt
  }
}

/// What is due in the near-term index.
public struct DueReply: Hashable, Sendable {
  /// The earliest entries that are due, earliest first.
  public var entries: [DueEntry]
  /// When the earliest entry is due that is not among `entries`; nil if there is none.
  public var nextDueAt: Timestamp?

  /// Makes a reply.
  public init(entries: [DueEntry], nextDueAt: Timestamp?) {
    self.entries = entries
    self.nextDueAt = nextDueAt
  }
}

/// The near-term index: a hint of what is due soon. It may be lost, stale or duplicated without harm.
///
/// Holds one entry per timer. Every adapter passes `TimerIndexConformance`.
public protocol TimerIndex: Sendable {
  /// Adds entries; a timer that is already there moves to the new time.
  func add(_ entries: [DueEntry]) async throws

  /// Reads what is due by `through` in `shards`, without removing it.
  func due(in shards: [Int], through: Timestamp, limit: Int) async throws -> DueReply

  /// Removes entries; one that has moved to another time since it was read stays.
  func remove(_ entries: [DueEntry]) async throws

  /// How many entries there are in `shards`.
  func count(in shards: [Int]) async throws -> Int
}

/// Why an index could not carry out an operation. Part of it may have happened.
public struct IndexError: Error, Sendable, CustomStringConvertible {
  /// What happened, in words, without secrets.
  public var message: String
  /// What the adapter got from below.
  public var cause: (any Error)?

  /// Makes an error.
  public init(message: String, cause: (any Error)? = nil) {
    self.message = message
    self.cause = cause
  }

  /// Message and cause on one line.
  public var description: String { "index: \(message)" + (cause.map { " (\($0))" } ?? "") }
}
