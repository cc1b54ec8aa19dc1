extension Duration {
  /// Whole milliseconds, rounded up, so that a wait is never cut short; as far as 64 bits hold them.
  public var millisecondsRoundedUp: Int64 {
    let (seconds, attoseconds) = components
    let (whole, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    return seconds.multipliedSaturated(by: 1000).addingSaturated(rest > 0 ? whole + 1 : whole)
  }

  /// Whole microseconds, the rest being cut off; as far as 64 bits hold them.
  public var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds.multipliedSaturated(by: 1_000_000).addingSaturated(attoseconds / 1_000_000_000_000)
  }

  /// For how long a lease of this duration certainly holds, counted from before the store granted it, in microseconds of another
  /// machine's clock. The store rounds its clock down to the millisecond, and a clock that is being disciplined may run
  /// 500 ppm faster than ours.
  public var certainLeaseMicroseconds: Int64 { microseconds - microseconds / 2000 - 1000 }

  /// Parses a duration such as `"30s"`, `"1m30s"`, `"250ms"` or `"1d"`.
  ///
  /// The units are `d`, `h`, `m`, `s` and `ms`, largest first, each at most once; numbers are whole.
  /// Returns nil for anything else, and for what does not fit into 64 bits of milliseconds.
  @inlinable
  public init?(text: some StringProtocol) { self.init(unitsIn: Substring(text)) }

  @usableFromInline
  init?(unitsIn text: Substring) {
    // The longest text that fits is far shorter, and longer ones are not worth looking at.
    guard text.utf8.count <= 100 else { return nil }
    var rest = text
    var milliseconds: Int64 = 0
    var smallestSoFar = Int64.max
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      let unit = rest.dropFirst(digits.count).prefix { ("a"..."z").contains($0) }
      guard let count = Int64(digits), let size = Self.unitMilliseconds(unit), size < smallestSoFar
      else { return nil }
      let (product, tooLarge) = count.multipliedReportingOverflow(by: size)
      let (sum, overflow) = milliseconds.addingReportingOverflow(product)
      guard !tooLarge, !overflow else { return nil }
      milliseconds = sum
      smallestSoFar = size
      rest = rest.dropFirst(digits.count + unit.count)
    }
    self = .milliseconds(milliseconds)
  }

  /// The duration in the form that `init(text:)` reads, such as `"1m30s"`.
  public var text: String {
    var rest = millisecondsRoundedUp
    guard rest > 0 else { return "0s" }
    var text = ""
    for (unit, size) in Self.units where rest >= size {
      text += "\(rest / size)\(unit)"
      rest %= size
    }
    return text
  }

  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  private static func unitMilliseconds(_ unit: Substring) -> Int64? {
    units.first { $0.name == unit }?.milliseconds
  }
}
