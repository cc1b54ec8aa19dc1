/// A timer's place in the near-term index.
public struct DueEntry: Hashable, Sendable {
  /// The timer that is or will be due.
  public var key: TimerKey
  /// The shard of the timer, from 0.
  public var shard: Int
  /// The start of its next attempt, by the store's clock.
  public var dueAt: Timestamp

  /// Creates an entry; `shard` must be that of `key`.
  public init(key: TimerKey, shard: Int, dueAt: Timestamp) {
    self.key = key
    self.shard = shard
    self.dueAt = dueAt
  }
}

/// The due entries of the near-term index.
public struct DueReply: Hashable, Sendable {
  /// The earliest entries that are due, earliest first.
  public var entries: [DueEntry]
  /// For each shard that holds more, the due time of its earliest entry that is not among `entries`.
  public var nextDueAt: [Int: Timestamp]

  /// Creates a reply; `entries` must have the earliest first.
  public init(entries: [DueEntry], nextDueAt: [Int: Timestamp] = [:]) {
    self.entries = entries
    self.nextDueAt = nextDueAt
  }
}

/// The near-term index: a hint of what is due soon. It may be lost, stale or duplicated without harm.
///
/// Holds one entry per timer. Every operation ends within a bounded time, in order for each caller that awaits
/// one before it begins the next. Whatever error is thrown, entries may be missing from then on: the caller adds
/// again what is to be found. `due` and `count` look for losses and throw `IndexError.Code.lost` once for each.
/// Every adapter passes `TimerIndexConformance`.
public protocol TimerIndex: Sendable {
  /// Adds entries; a timer that is already there moves to the new time.
  func add(_ entries: [DueEntry]) async throws

  /// Reads what is due by `through` in `shards`, without removing it.
  func due(in shards: [Int], through: Timestamp, limit: Int) async throws -> DueReply

  /// Removes the entries of these timers. One that has moved to another time since it was read may stay or go: callers do not add a timer
  /// again while they remove it.
  func remove(_ entries: [DueEntry]) async throws

  /// Returns the number of entries in `shards`.
  func count(in shards: [Int]) async throws -> Int
}

/// An operation that an index could not carry out. Part of it may have happened.
public struct IndexError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure, by what a caller can do about it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code as text, such as `timed-out`.
    public let description: String

    /// The index cannot be reached.
    public static let unavailable = Code(description: "unavailable")
    /// The index did not answer in time; the operation may still happen.
    public static let timedOut = Code(description: "timed-out")
    /// Too many operations are waiting already; this one was not begun.
    public static let busy = Code(description: "busy")
    /// The index no longer holds what was added; it takes additions again.
    public static let lost = Code(description: "lost")
    /// The index does not know these credentials, or does not allow them what is needed.
    public static let unauthorized = Code(description: "unauthorized")
    /// The index reported something else.
    public static let failed = Code(description: "failed")
  }

  /// The kind of failure.
  public var code: Code
  /// A description of the failure, without secrets.
  public var message: String
  /// The index's reply, word for word, if there was one.
  public var reply: String?
  /// True if the same call may succeed later without an operator's help.
  public var isRetriable: Bool
  /// The underlying error of the adapter.
  public var cause: (any Error)?

  /// Creates an error; it is retriable unless told otherwise.
  public init(
    code: Code, message: String, reply: String? = nil, isRetriable: Bool = true, cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.reply = reply
    self.isRetriable = isRetriable
    self.cause = cause
  }

  /// Code, message, reply and cause on one line.
  public var description: String {
    "index \(code): \(message)" + (reply.map { ": \($0)" } ?? "") + (cause.map { " (\($0))" } ?? "")
  }
}
