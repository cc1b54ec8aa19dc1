import JSONBytes

extension TraceContext {
  /// The `traceparent` of an attempt that nobody records: all attempts of a firing share its trace, and each has a span of its own
  /// (W3C Trace Context, section 3.2.2).
  public static func traceparent(ofAttemptAt firing: FiringID) -> String {
    let span = UInt64.random(in: 1...UInt64.max)
    return String(unsafeUninitializedCapacity: 55) { characters in
      var next = 0
      func write(_ text: StaticString) {
        text.withUTF8Buffer { for byte in $0 { write(byte) } }
      }
      func write(_ byte: UInt8) {
        characters[next] = byte
        next += 1
      }
      func write(_ value: UInt64) {
        for shift in stride(from: 60, through: 0, by: -4) {
          write(HexDigit.of(UInt8(truncatingIfNeeded: value >> UInt64(shift))))
        }
      }
      write("00-")
      write(firing.high)
      write(firing.low)
      write("-")
      write(span)
      write("-01")
      return next
    }
  }
}
