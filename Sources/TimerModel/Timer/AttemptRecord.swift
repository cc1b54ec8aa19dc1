/// What became of one attempt; kept with the timer.
public struct AttemptRecord: Hashable, Sendable {
  /// How an attempt ended.
  public enum Result: String, Sendable, CaseIterable {
    /// The receiver took it.
    case delivered
    /// The receiver took it and named a next time.
    case rescheduled
    /// It failed in a way that may pass.
    case failed
    /// It failed for good.
    case refused
  }

  /// The attempt's number within its firing, from 1.
  public var number: Int
  /// When it started, by the store's clock.
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

  /// Where an error's text is cut.
  public static let maxErrorLength = 256
  /// How many records a timer keeps; the oldest go first. It is also the ceiling of `maxAttempts`.
  public static let maxPerTimer = 100

  /// Makes a record.
  public init(
    number: Int, startedAt: Timestamp, durationMilliseconds: Int64, result: Result, statusCode: Int? = nil,
    error: String? = nil, node: NodeID? = nil, nextAttemptAt: Timestamp? = nil
  ) {
    self.number = number
    self.startedAt = startedAt
    self.durationMilliseconds = durationMilliseconds
    self.result = result
    self.statusCode = statusCode
    self.error = error.map { String($0.prefix(Self.maxErrorLength)) }
    self.node = node
    self.nextAttemptAt = nextAttemptAt
  }
}
