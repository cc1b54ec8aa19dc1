extension Timestamp {
  /// The reason why a text is not a valid RFC 3339 date-time.
  public enum ParseError: Error, Equatable, Sendable {
    /// The text has not the form `2026-11-23T15:30:00Z`.
    case malformed
    /// The form is right, but a number is not: month 13, 30 February, hour 24.
    case outOfRange(String)
  }

  /// Parses an RFC 3339 date-time (section 5.6), with any number of fraction digits.
  ///
  /// Fractions beyond the millisecond are rounded up, so that a timer is never early. A leap second (`:60`) ends a month of UTC, and is
  /// taken for the first moment of the next one.
  @inlinable
  public init(rfc3339 text: some StringProtocol) throws(ParseError) {
    try self.init(rfc3339Bytes: Array(text.utf8))
  }

  @usableFromInline
  init(rfc3339Bytes bytes: [UInt8]) throws(ParseError) {
    var scanner = DateTimeScanner(bytes)
    let year = try scanner.digits(4)
    try scanner.expect("-")
    let month = try scanner.digits(2)
    try scanner.expect("-")
    let day = try scanner.digits(2)
    try scanner.expect("T", or: "t")
    let hour = try scanner.digits(2)
    try scanner.expect(":")
    let minute = try scanner.digits(2)
    try scanner.expect(":")
    let second = try scanner.digits(2)
    let fraction = try scanner.fractionMillisecondsRoundedUp()
    let offsetMinutes = try scanner.offset()
    guard scanner.isAtEnd else { throw .malformed }

    guard (1...12).contains(month) else { throw .outOfRange("month") }
    guard day >= 1, day <= Self.days(inMonth: month, year: year) else { throw .outOfRange("day") }
    guard hour <= 23 else { throw .outOfRange("hour") }
    guard minute <= 59 else { throw .outOfRange("minute") }

    let days = Self.daysSinceEpoch(year: year, month: month, day: day)
    let minutes = Int64(days) * 1440 + Int64(hour * 60 + minute - offsetMinutes)
    guard second <= 59 || (second == 60 && Self.endsMonth(minutes: minutes)) else {
      throw .outOfRange("second")
    }
    self.init(milliseconds: (minutes * 60 + Int64(second)) * 1000 + Int64(fraction))
  }

  /// Returns true if a minute, counted from the epoch, is the last one of a month.
  private static func endsMonth(minutes: Int64) -> Bool {
    let (days, minute) = (minutes + 1).flooredDivision(by: 1440)
    return minute == 0 && civil(daysSinceEpoch: Int(days)).day == 1
  }

  /// The number of characters of `rfc3339`.
  package static let rfc3339Length = 24

  /// The instant as `2026-11-23T15:30:00.000Z`; the first or last of years 0000 to 9999 for one that is outside of them.
  public var rfc3339: String {
    String(unsafeUninitializedCapacity: Self.rfc3339Length) { characters in
      guard let start = characters.baseAddress else { return 0 }
      writeRFC3339(to: start)
      return Self.rfc3339Length
    }
  }

  /// Writes the 24 characters of `rfc3339` to `place`, where there must be room for them.
  package func writeRFC3339(to place: UnsafeMutableRawPointer) {
    let shown = min(max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
    let (days, rest) = shown.flooredDivision(by: 86_400_000)
    let date = Self.civil(daysSinceEpoch: Int(days))
    let time = Int(rest)
    func write(_ value: Int, at start: Int, width: Int, then separator: UnicodeScalar) {
      var value = value
      for offset in stride(from: start + width - 1, through: start, by: -1) {
        place.storeBytes(of: UInt8(ascii: "0") + UInt8(value % 10), toByteOffset: offset, as: UInt8.self)
        value /= 10
      }
      place.storeBytes(of: UInt8(ascii: separator), toByteOffset: start + width, as: UInt8.self)
    }
    write(date.year, at: 0, width: 4, then: "-")
    write(date.month, at: 5, width: 2, then: "-")
    write(date.day, at: 8, width: 2, then: "T")
    write(time / 3_600_000, at: 11, width: 2, then: ":")
    write(time / 60_000 % 60, at: 14, width: 2, then: ":")
    write(time / 1000 % 60, at: 17, width: 2, then: ".")
    write(time % 1000, at: 20, width: 3, then: "Z")
  }

  /// From 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z: years have four digits (RFC 3339, section 1).
  private static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
  ///
  /// Years begin in March here, so that the leap day is the last day of its year.
  public static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = marchYear.flooredDivision(by: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func days(inMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

private struct DateTimeScanner {
  let bytes: [UInt8]
  var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func digits(_ count: Int) throws(Timestamp.ParseError) -> Int {
    var value = 0
    for _ in 0..<count {
      guard let digit = nextDigit() else { throw .malformed }
      value = value * 10 + digit
    }
    return value
  }

  mutating func expect(_ one: UnicodeScalar, or other: UnicodeScalar? = nil) throws(Timestamp.ParseError) {
    guard position < bytes.count else { throw .malformed }
    let byte = bytes[position]
    guard byte == UInt8(ascii: one) || other.map({ byte == UInt8(ascii: $0) }) ?? false else {
      throw .malformed
    }
    position += 1
  }

  mutating func fractionMillisecondsRoundedUp() throws(Timestamp.ParseError) -> Int {
    guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return 0 }
    position += 1
    var value = 0
    var count = 0
    var hasRest = false
    while let digit = nextDigit() {
      count += 1
      if count <= 3 { value = value * 10 + digit } else if digit != 0 { hasRest = true }
    }
    guard count > 0 else { throw .malformed }
    for _ in min(count, 3)..<3 { value *= 10 }
    return hasRest ? value + 1 : value
  }

  /// Minutes east of UTC.
  mutating func offset() throws(Timestamp.ParseError) -> Int {
    guard position < bytes.count else { throw .malformed }
    let sign = bytes[position]
    position += 1
    switch sign {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      let hours = try digits(2)
      try expect(":")
      let minutes = try digits(2)
      guard hours <= 23, minutes <= 59 else { throw .outOfRange("offset") }
      return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    default: throw .malformed
    }
  }

  private mutating func nextDigit() -> Int? {
    guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
      return nil
    }
    defer { position += 1 }
    return Int(bytes[position] - UInt8(ascii: "0"))
  }
}

extension BinaryInteger {
  fileprivate func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
