extension BidirectionalCollection<UInt8> {
  /// Returns the bytes without the white space of ASCII before and after them.
  @inlinable
  package func trimmingASCIIWhitespace() -> SubSequence {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    let start = firstIndex { !isSpace($0) } ?? endIndex
    let end = lastIndex { !isSpace($0) }.map { index(after: $0) } ?? start
    return self[start..<end]
  }
}
