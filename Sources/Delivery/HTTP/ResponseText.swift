/// Turns the bytes of an answer's body into text whose ASCII characters are one byte each, whatever Unicode encoding it came in.
enum ResponseText {
  /// Returns the bytes without a byte order mark; of UTF-16 and UTF-32, which are also known by their zero bytes, the ASCII characters, with `?` in place of
  /// all others.
  static func ascii(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return Array(bytes.dropFirst(3)) }
    // UTF-8 that begins with an ASCII character has no zero byte among the first four.
    guard let width = width(of: bytes.prefix(4)) else { return bytes }
    return units(bytes, width)
  }

  private struct Width {
    let bytes: Int
    let isBigEndian: Bool
  }

  private static func width(of start: ArraySlice<UInt8>) -> Width? {
    let (first, second, third, fourth) = (byte(start, 0), byte(start, 1), byte(start, 2), byte(start, 3))
    switch (first, second, third, fourth) {
    case (0xff, 0xfe, 0, 0), (1..., 0, 0, 0): return Width(bytes: 4, isBigEndian: false)
    case (0, 0, 0xfe, 0xff), (0, 0, 0, 1...): return Width(bytes: 4, isBigEndian: true)
    case (0xff, 0xfe, _, _), (1..., 0, _, _): return Width(bytes: 2, isBigEndian: false)
    case (0xfe, 0xff, _, _), (0, 1..., _, _): return Width(bytes: 2, isBigEndian: true)
    default: return nil
    }
  }

  /// One byte of the beginning; of a text that is shorter, one that stands for nothing.
  private static func byte(_ start: ArraySlice<UInt8>, _ index: Int) -> UInt8 {
    index < start.count ? start[start.startIndex + index] : 0x20
  }

  private static func units(_ bytes: [UInt8], _ width: Width) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / width.bytes)
    for start in stride(from: 0, through: bytes.count - width.bytes, by: width.bytes) {
      let unit = bytes[start..<(start + width.bytes)]
      let low = width.isBigEndian ? unit.endIndex - 1 : unit.startIndex
      let isASCII = unit[low] < 0x80 && unit.indices.allSatisfy { $0 == low || unit[$0] == 0 }
      let isMark = start == 0 && !isASCII
      if !isMark { text.append(isASCII ? unit[low] : UInt8(ascii: "?")) }
    }
    return text
  }
}
