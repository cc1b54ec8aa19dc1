import CurlClient
package import TimerModel

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date in one of three forms (section 5.6.7). What is neither is passed over.
package enum RetryAfterHeader {
  /// Reads a value as it came. Of several, which may come as lines or with commas between, the first one counts.
  ///
  /// - Parameter now: decides the century of a year with two digits.
  package static func parse(_ text: String, now: Timestamp) -> AttemptOutcome.RetryAfter? {
    let text = Array(text.utf8)[...].trimmingASCIIWhitespace()
    let first = text.prefix { $0 != UInt8(ascii: ",") }
    if let delay = delay(first.trimmingASCIIWhitespace()) { return .delay(delay) }
    var scanner = HTTPDateScanner(text)
    return scanner.date(now: now).map { .date($0) }
  }

  /// No delay is longer; callers have ceilings of their own, far below.
  private static let longest: Int64 = 1_000_000_000

  /// Whole seconds; a fraction, which the grammar does not have, is rounded up to milliseconds, so that nothing comes early.
  private static func delay(_ text: ArraySlice<UInt8>) -> Duration? {
    let whole = text.prefix(while: isDigit)
    guard !whole.isEmpty else { return nil }
    let seconds = whole.reduce(Int64(0)) { min($0 * 10 + Int64($1 - 0x30), longest) }
    let rest = text[whole.endIndex...]
    guard !rest.isEmpty else { return .seconds(seconds) }
    let fraction = rest.dropFirst()
    guard rest.first == UInt8(ascii: "."), !fraction.isEmpty, fraction.allSatisfy(isDigit) else { return nil }
    var milliseconds: Int64 = 0
    for index in 0..<3 {
      let digit = index < fraction.count ? fraction[fraction.startIndex + index] - 0x30 : 0
      milliseconds = milliseconds * 10 + Int64(digit)
    }
    if fraction.dropFirst(3).contains(where: { $0 != 0x30 }) { milliseconds += 1 }
    return .milliseconds(seconds * 1000 + milliseconds)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
