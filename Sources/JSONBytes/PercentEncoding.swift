/// Percent-encoding of bytes in URLs (RFC 3986, section 2.1).
package enum PercentEncoding {
  /// Returns the bytes that `text` stands for; nil where a `%` is not followed by two hexadecimal digits.
  package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(HexDigit.value), let low = rest.next().flatMap(HexDigit.value)
      else { return nil }
      decoded.append(UInt8(high << 4 | low))
    }
    return decoded
  }
}
