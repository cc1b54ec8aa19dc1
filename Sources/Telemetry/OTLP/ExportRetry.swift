import CurlClient

/// Decides when a batch that the collector did not accept is sent again, as OTLP's specification requires:
/// after 429, 502, 503, 504 and if no response came, with growing waits, and not before `Retry-After`.
struct ExportRetry: Sendable {
  private var failures = 0

  /// The maximum number of times a batch is sent; meanwhile the queue keeps filling.
  static let maxAttempts = 5
  /// No wait is longer, whatever a collector asks for.
  static let longestDelay = Duration.seconds(30)

  /// Takes note of a failure.
  ///
  /// - Returns: how long to wait before the next attempt; nil if there is to be none.
  mutating func delay(
    after answer: Result<CurlResponse, CurlError>, using random: inout some RandomNumberGenerator
  ) -> Duration? {
    failures += 1
    guard failures < Self.maxAttempts else { return nil }
    // Half of it is random, so that nodes which failed together do not return together.
    let bound = 1000 << (failures - 1)
    let backoff = Duration.milliseconds(Int64.random(in: Int64(bound / 2)...Int64(bound), using: &random))
    guard case .success(let answer) = answer else { return backoff }
    guard [429, 502, 503, 504].contains(answer.status) else { return nil }
    guard let asked = answer.retryAfter else { return backoff }
    return min(max(backoff, Self.wait(asked)), Self.longestDelay)
  }

  /// A date would have to be compared with a clock that is not the collector's: it is met by the longest wait, and so is what cannot
  /// be read.
  private static func wait(_ retryAfter: String) -> Duration {
    let text = retryAfter.prefix(64).filter { !$0.isWhitespace }
    // With a fraction, which some send although RFC 9110 has whole seconds.
    guard let seconds = Double(text), seconds < 3600 else { return longestDelay }
    return .milliseconds(Int64((max(0, seconds) * 1000).rounded(.up)))
  }
}
