import TimerModel

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date in one of three forms (section 5.6.7).
enum RetryAfterHeader {
  static func parse(_ text: String) -> AttemptOutcome.RetryAfter? {
    let text = text.trimmingSpaces()
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return .delay(.seconds(min(Int64(text) ?? .max, 1_000_000_000)))
    }
    return date(text).map { .date($0) }
  }

  private static func date(_ text: String) -> Timestamp? {
    let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
    guard words.count >= 5 else { return nil }
    // Sun, 06 Nov 1994 08:49:37 GMT · Sunday, 06-Nov-94 08:49:37 GMT · Sun Nov  6 08:49:37 1994
    let isASCTime = months[words[1]] != nil
    let (day, month, year, time) =
      isASCTime ? (words[2], words[1], words[4], words[3]) : (words[1], words[2], words[3], words[4])
    guard let day = Int(day), let month = months[month], let year = fullYear(year), (1...31).contains(day),
      let seconds = secondsOfDay(time)
    else { return nil }
    let days = Timestamp.daysSinceEpoch(year: year, month: month, day: day)
    return Timestamp(milliseconds: (Int64(days) * 86_400 + Int64(seconds)) * 1000)
  }

  private static let months = Dictionary(
    uniqueKeysWithValues: zip(
      ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1...12))

  /// Years of two digits are of this century.
  private static func fullYear(_ text: String) -> Int? {
    guard let year = Int(text), year >= 0 else { return nil }
    return text.utf8.count == 2 ? 2000 + year : year
  }

  private static func secondsOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":").compactMap { Int($0) }
    guard parts.count == 3, (0...23).contains(parts[0]), (0...59).contains(parts[1]),
      (0...60).contains(parts[2])
    else { return nil }
    return parts[0] * 3600 + parts[1] * 60 + parts[2]
  }
}

extension String {
  func trimmingSpaces() -> String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
