import TimerModel

/// Reads a date of HTTP (RFC 9110, section 5.6.7). Which day of the week it claims to be is not compared with the date.
struct HTTPDateScanner {
  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  /// The date at the beginning of the text, which another value may follow after a comma; nil if it is none.
  mutating func date(now: Timestamp) -> Timestamp? {
    guard let form = skipDayName(), let date = fields(form), rest.isEmpty || rest.first == UInt8(ascii: ",")
    else { return nil }
    guard form == .rfc850 else { return date.instant(year: date.year) }
    return Self.withCentury(date, now: now)
  }

  private enum Form { case fixed, rfc850, asctime }

  private struct Fields {
    var year = 0
    var month = 0
    var day = 0
    var second = 0

    /// Nil where the month has no such day.
    func instant(year: Int) -> Timestamp? {
      guard day >= 1, day <= Self.days(inMonth: month, year: year) else { return nil }
      let days = Timestamp.daysSinceEpoch(year: year, month: month, day: day)
      return Timestamp(milliseconds: (Int64(days) * 86_400 + Int64(second)) * 1000)
    }

    private static func days(inMonth month: Int, year: Int) -> Int {
      switch month {
      case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    }
  }

  /// A year of two digits is the latest one that is not more than 50 years ahead.
  private static func withCentury(_ date: Fields, now: Timestamp) -> Timestamp? {
    // Years of 365.2425 days.
    let latest = now + .seconds(50 * 31_556_952)
    for century in stride(from: 99, through: 0, by: -1) {
      if let instant = date.instant(year: century * 100 + date.year), instant <= latest { return instant }
    }
    return nil
  }

  // MARK: The three forms

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`: the first word tells which.
  private mutating func skipDayName() -> Form? {
    for name in Self.days where rest.starts(with: name.utf8.prefix(3)) {
      if skip(name) { return skip(", ") ? .rfc850 : nil }
      rest.removeFirst(3)
      return skip(", ") ? .fixed : skip(" ") ? .asctime : nil
    }
    return nil
  }

  private mutating func fields(_ form: Form) -> Fields? {
    var fields = Fields()
    switch form {
    case .fixed:
      guard let day = number(2), skip(" "), let month = month(), skip(" "), let year = number(4), skip(" "),
        let second = time(), skip(" GMT")
      else { return nil }
      (fields.day, fields.month, fields.year, fields.second) = (day, month, year, second)
    case .rfc850:
      guard let day = number(2), skip("-"), let month = month(), skip("-"), let year = number(2), skip(" "),
        let second = time(), skip(" GMT")
      else { return nil }
      (fields.day, fields.month, fields.year, fields.second) = (day, month, year, second)
    case .asctime:
      guard let month = month(), skip(" "), let day = skip(" ") ? number(1) : number(2), skip(" "),
        let second = time(), skip(" "), let year = number(4)
      else { return nil }
      (fields.day, fields.month, fields.year, fields.second) = (day, month, year, second)
    }
    return fields
  }

  /// Seconds of the day; a leap second is the first one of the next minute.
  private mutating func time() -> Int? {
    guard let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2),
      hour <= 23, minute <= 59, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private mutating func month() -> Int? {
    guard let index = Self.months.firstIndex(where: { rest.starts(with: $0.utf8) }) else { return nil }
    rest.removeFirst(3)
    return index + 1
  }

  private mutating func number(_ digits: Int) -> Int? {
    let text = rest.prefix(digits)
    guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest.removeFirst(digits)
    return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest.removeFirst(text.utf8.count)
    return true
  }

  /// In full for the second form, three letters of them for the others.
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
