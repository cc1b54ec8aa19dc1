import JSONBytes

/// Names one firing of a timer: the same for all its attempts, new after an update or a reschedule.
///
/// Receivers deduplicate on it. It is random, so that it tells nothing about the timer.
public struct FiringID: Hashable, Sendable {
  /// The first 64 of its 128 bits.
  public let high: UInt64
  /// The last 64 of its 128 bits.
  public let low: UInt64

  /// Creates an id from its bits.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Draws 128 bits from `generator`; a seeded generator draws the same ids again.
  public static func random(using generator: inout some RandomNumberGenerator) -> FiringID {
    FiringID(high: generator.next(), low: generator.next())
  }

  /// Draws a new id from the system's generator.
  public static func random() -> FiringID {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  /// Reads the 32 hexadecimal digits of `text`.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
}

extension FiringID: CustomStringConvertible {
  /// The 128 bits as 32 hexadecimal digits in lower case, `high` first.
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { digits in
      for place in 0..<16 {
        digits[place] = HexDigit.of(UInt8(truncatingIfNeeded: high >> (60 - 4 * place)))
        digits[16 + place] = HexDigit.of(UInt8(truncatingIfNeeded: low >> (60 - 4 * place)))
      }
      return 32
    }
  }
}
