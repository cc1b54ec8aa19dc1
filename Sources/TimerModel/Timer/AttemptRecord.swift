/// What became of one claim, and of its attempt if one was made; kept with the timer.
public struct AttemptRecord: Hashable, Sendable {
  /// How a claim ended.
  public enum Result: String, Sendable, CaseIterable {
    /// The receiver took it.
    case delivered
    /// The receiver took it and named a next time.
    case rescheduled
    /// It failed in a way that may pass.
    case failed
    /// It failed for good.
    case refused
    /// The claim was given back; no attempt was made.
    case released
    /// The claim became void, because its lease ran out or its node is gone, and others went on. Whether an attempt was made
    /// is not known.
    case lost
  }

  /// The attempt's number within its firing, from 1.
  public var number: Int
  /// When it started, by the store's clock; of a claim without an attempt, when it ended.
  public var startedAt: Timestamp
  /// How long it took.
  public var durationMilliseconds: Int64
  /// How it ended.
  public var result: Result
  /// The HTTP status of the answer, if there was one.
  public var statusCode: Int?
  /// What went wrong, in words; at most `maxErrorLength` characters.
  public var error: String?
  /// The run of the node that made it; nil in records of versions that did not keep it.
  public var node: NodeID?
  /// When the next attempt may start, if another was to follow.
  public var nextAttemptAt: Timestamp?
  /// When its claim was made, by the store's clock; nil where nobody knows.
  public var claimedAt: Timestamp?

  /// What was out of the ordinary besides, in words: a request that was sent twice, a body that could not be read. At most
  /// `maxErrorLength` characters.
  public var note: String?

  /// Where the texts of `error` and `note` are cut.
  public static let maxErrorLength = 256
  /// How many records a timer keeps; the oldest go first. It is also the ceiling of `maxAttempts`.
  public static let maxPerTimer = 100

  /// Makes a record.
  public init(
    number: Int, startedAt: Timestamp, durationMilliseconds: Int64, result: Result, statusCode: Int? = nil,
    error: String? = nil, node: NodeID? = nil, nextAttemptAt: Timestamp? = nil, claimedAt: Timestamp? = nil,
    note: String? = nil
  ) {
    self.number = number
    self.startedAt = startedAt
    self.durationMilliseconds = durationMilliseconds
    self.result = result
    self.statusCode = statusCode
    self.error = error.map { String($0.prefix(Self.maxErrorLength)) }
    self.node = node
    self.nextAttemptAt = nextAttemptAt
    self.claimedAt = claimedAt
    self.note = note.map { String($0.prefix(Self.maxErrorLength)) }
  }

  /// What is said of a claim that became void.
  public static let lostText = "the claim ran out, or its node is gone"

  /// Whether an attempt was made for certain.
  public var isAttempt: Bool { result != .released && result != .lost }
}
