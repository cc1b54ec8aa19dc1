/// The limits of commands; every refusal names the limit that it hit.
public struct CommandLimits: Hashable, Sendable {
  /// The longest callback URL, in characters.
  public var maxURLLength = 2048
  /// The largest payload, in bytes.
  public var maxPayloadBytes = 256 * 1024
  /// The maximum number of years ahead that a timer may be set.
  public var horizonYears = 10
  /// The maximum nesting depth of objects and arrays.
  public var maxDepth = 64
  /// The maximum number of headers of a destination.
  public var maxHeaders = 32
  /// The longest header name, in characters.
  public var maxHeaderNameLength = 128
  /// The longest header value, in characters.
  public var maxHeaderValueLength = 1024
  /// The longest key of a record, in bytes.
  public var maxKafkaKeyBytes = 1024
  /// The ceiling of `maxAttempts`.
  public var maxAttempts = AttemptRecord.maxPerTimer
  /// The legal values of `callbackTimeoutSeconds`.
  public var callbackTimeoutSeconds: ClosedRange<Int> = 1...30
  /// The legal values of `initialInterval` and `maxInterval`.
  public var interval: ClosedRange<Duration> = .milliseconds(10) ... .seconds(24 * 3600)
  /// The legal values of `maxAttemptsDuration`.
  public var maxAttemptsDuration: ClosedRange<Duration> = .seconds(1) ... .seconds(30 * 24 * 3600)
  /// The legal values of `backoffMultiplier`.
  public var backoffMultiplier: ClosedRange<Double> = 1...10

  /// The limits that hold where the operator says nothing else.
  public init() {}

  /// The latest time that a timer may be set to at `now`; a year counts as 365.25 days.
  package func latestExecuteAt(now: Timestamp) -> Timestamp { now + .seconds(horizonYears * 31_557_600) }
}
