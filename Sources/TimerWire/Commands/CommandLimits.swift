package import TimerModel

/// The limits of commands; every violation names the limit that it hit.
package struct CommandLimits: Hashable, Sendable {
  /// The longest callback URL, in characters.
  package var maxURLLength = 2048
  /// The largest payload, in bytes.
  package var maxPayloadBytes = 256 * 1024
  /// The maximum number of years ahead that a timer may be set.
  package var horizonYears = 10
  /// The maximum nesting depth of objects and arrays.
  package var maxDepth = 64
  /// The maximum number of timers in one request.
  package var maxBatchSize = 1000
  /// The maximum number of headers of a destination.
  package var maxHeaders = 32
  /// The longest header name, in characters.
  package var maxHeaderNameLength = 128
  /// The longest header value, in characters.
  package var maxHeaderValueLength = 1024
  /// The longest key of a record, in bytes.
  package var maxKafkaKeyBytes = 1024
  /// The ceiling of `maxAttempts`: as many records as a timer keeps.
  package var maxAttempts = AttemptRecord.maxPerTimer
  /// The legal values of `callbackTimeoutSeconds`.
  package var callbackTimeoutSeconds: ClosedRange<Int> = 1...30
  /// The legal values of `initialInterval` and `maxInterval`.
  package var interval: ClosedRange<Duration> = .milliseconds(10) ... .seconds(24 * 3600)
  /// The legal values of `maxAttemptsDuration`.
  package var maxAttemptsDuration: ClosedRange<Duration> = .seconds(1) ... .seconds(30 * 24 * 3600)
  /// The legal values of `backoffMultiplier`.
  package var backoffMultiplier: ClosedRange<Double> = 1...10

  /// The limits that hold where the operator says nothing else.
  package init() {}

  /// The latest time that a timer may be set to at `now`; a year counts as 365.25 days.
  package func latestExecuteAt(now: Timestamp) -> Timestamp { now + .seconds(horizonYears * 31_557_600) }
}
