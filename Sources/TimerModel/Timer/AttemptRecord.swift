/// The end of one claim, and of its attempt if one was made; kept with the timer.
public struct AttemptRecord: Hashable, Sendable {
  /// The result of a claim, as stores keep it and clients see it.
  public enum Result: String, Sendable, CaseIterable {
    /// The receiver took it.
    case delivered
    /// The receiver took it and named a next time.
    case rescheduled
    /// It failed in a way that may pass.
    case failed
    /// It failed for good.
    case permanentFailure = "refused"
    /// The claim was given back; no attempt was made.
    case released
    /// The claim became void, because its lease ran out or its node is gone, and others went on. Whether an attempt was made
    /// is not known.
    case lost
  }

  /// The attempt's number within its firing, from 1; from 1 again after a redrive.
  public var number: Int
  /// The start of the attempt, by the store's clock; of a claim without an attempt, its end.
  public var startedAt: Timestamp
  /// The duration of the attempt in milliseconds, rounded up; 0 if the result is `released` or `lost`.
  public var durationMilliseconds: Int64
  /// The result of the claim, as clients see it.
  public var result: Result
  /// The HTTP status of the answer, if there was one.
  public var statusCode: Int?
  /// A description of the failure; at most `maxErrorLength` characters.
  public var error: String?
  /// The run of the node that made it; nil in records of versions that did not keep it.
  public var node: NodeID?
  /// The start of the next attempt, if another was to follow.
  public var nextAttemptAt: Timestamp?
  /// The time of the claim, by the store's clock; nil if unknown.
  public var claimedAt: Timestamp?

  /// A remark on anything unusual: a request that was sent twice, a body that could not be read. At most
  /// `maxErrorLength` characters.
  public var note: String?

  /// The length at which the texts of `error` and `note` are cut.
  public static let maxErrorLength = 256
  /// The maximum number of records that a timer keeps; the oldest go first. It is also the ceiling of
  /// `maxAttempts`.
  public static let maxPerTimer = 100

  /// Creates a record; cuts `error` and `note` to `maxErrorLength` characters.
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

  /// The text for a claim that became void.
  public static let lostText = "the claim ran out, or its node is gone"

  /// True if an attempt was made for certain.
  public var isAttempt: Bool { result != .released && result != .lost }
}
