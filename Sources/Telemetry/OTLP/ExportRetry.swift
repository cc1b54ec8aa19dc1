import CurlClient

/// When a batch that the collector did not take is sent again, as OTLP's specification has it: after 429, 502, 503, 504 and where no
/// answer came, with growing waits, and not before `Retry-After`.
struct ExportRetry: Sendable {
  private var failures = 0

  /// How often a batch is sent at most; the queue goes on filling meanwhile.
  static let maxAttempts = 5
  /// No wait is longer, whatever a collector asks for.
  static let longestDelay = Duration.seconds(30)

  /// Takes note of a failure.
  ///
  /// - Returns: how long to wait before the next attempt; nil if there is to be none.
  mutating func delay(
    after answer: Result<CurlAnswer, CurlError>, using random: inout some RandomNumberGenerator
  ) -> Duration? {
    failures += 1
    guard failures < Self.maxAttempts else { return nil }
    // Half of it is random, so that nodes which failed together do not return together.
    let bound = 1000 << (failures - 1)
    let backoff = Duration.milliseconds(Int64.random(in: Int64(bound / 2)...Int64(bound), using: &random))
    guard case .success(let answer) = answer else { return backoff }
    guard [429, 502, 503, 504].contains(answer.status) else { return nil }
    guard let asked = answer.retryAfter else { return backoff }
    // A date would have to be compared with a clock that is not the collector's: it is met by the longest wait.
    let wait =
      Int64(asked.filter { !$0.isWhitespace }).map { Duration.seconds(min(max(0, $0), 3600)) }
      ?? Self.longestDelay
    return min(max(backoff, wait), Self.longestDelay)
  }
}
