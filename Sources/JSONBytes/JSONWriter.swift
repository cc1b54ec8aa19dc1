/// Appends JSON to bytes, without building values first.
///
/// Each token is one write into room that is there already: appending byte by byte costs several times as much.
package struct JSONWriter: Sendable {
  private var storage: [UInt8]
  private var end = 0
  private var needsComma = false

  /// Creates an empty writer with room for `capacity` bytes.
  package init(capacity: Int = 256) { storage = [UInt8](repeating: 0, count: max(capacity, 16)) }

  /// The bytes written so far.
  package var bytes: [UInt8] { Array(storage[..<end]) }

  /// The text written so far.
  package var text: String { String(decoding: storage[..<end], as: UTF8.self) }

  /// Hands over what has been written, without copying it, and is empty again.
  package mutating func finish() -> [UInt8] {
    var written: [UInt8] = []
    swap(&written, &storage)
    written.removeLast(written.count - end)
    (end, needsComma) = (0, false)
    return written
  }

  /// Writes an object whose members `members` writes.
  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
  }

  /// Writes an array whose elements `elements` writes.
  package mutating func array(_ elements: (inout JSONWriter) -> Void) {
    nest(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
  }

  /// Writes a member's name; its value must follow.
  @usableFromInline
  package mutating func name(_ name: StaticString) {
    token(name.utf8CodeUnitCount + 3) { cursor in
      cursor.append(UInt8(ascii: "\""))
      name.withUTF8Buffer { cursor.append($0) }
      cursor.append(UInt8(ascii: "\""))
      cursor.append(UInt8(ascii: ":"))
    }
    needsComma = false
  }

  /// Writes a member's name that is not known beforehand; its value must follow.
  package mutating func name(text: String) {
    string(text)
    token(1, afterComma: false) { $0.append(UInt8(ascii: ":")) }
    needsComma = false
  }

  /// Writes a string; escapes quotation marks, backslashes and control characters (RFC 8259, section 7).
  @usableFromInline
  package mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      // Most strings need no escape, and are copied at once.
      guard UnescapedRun.prefixLength(of: UnsafeRawBufferPointer(utf8)) < utf8.count else {
        return token(utf8.count + 2) { cursor in
          cursor.append(UInt8(ascii: "\""))
          cursor.append(utf8)
          cursor.append(UInt8(ascii: "\""))
        }
      }
      token(Self.longestEscape * utf8.count + 2) { cursor in
        cursor.append(UInt8(ascii: "\""))
        for byte in utf8 { cursor.append(escaped: byte) }
        cursor.append(UInt8(ascii: "\""))
      }
    }
  }

  /// Writes a string of `length` bytes of ASCII that need no escape; `write` puts them at the place that it is given.
  package mutating func string(length: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
    token(length + 2) { cursor in
      cursor.append(UInt8(ascii: "\""))
      write(cursor.next)
      cursor.next += length
      cursor.append(UInt8(ascii: "\""))
    }
  }

  /// Writes a whole number.
  @usableFromInline
  package mutating func integer(_ value: Int) { integer(Int64(value)) }

  /// Writes a whole number.
  @usableFromInline
  package mutating func integer(_ value: Int64) {
    token(20) { cursor in
      if value < 0 { cursor.append(UInt8(ascii: "-")) }
      cursor.append(digitsOf: value.magnitude)
    }
  }

  /// Writes a whole number of any size.
  package mutating func integer(_ value: some BinaryInteger) { word(String(value)) }

  /// Writes a finite number.
  @usableFromInline
  package mutating func number(_ value: Double) {
    if value.rounded() == value, abs(value) < 1e15 { integer(Int64(value)) } else { word("\(value)") }
  }

  /// Writes `true` or `false`.
  @usableFromInline
  package mutating func boolean(_ value: Bool) { word(value ? "true" : "false") }

  @usableFromInline
  package mutating func null() { word("null") }

  /// Writes bytes that are a JSON text already.
  @usableFromInline
  package mutating func raw(_ text: [UInt8]) {
    text.withUnsafeBufferPointer { text in token(text.count) { $0.append(text) } }
  }

  private static let longestEscape = 6

  private mutating func word(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in token(utf8.count) { $0.append(utf8) } }
  }

  private mutating func nest(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
    token(1) { $0.append(open) }
    needsComma = false
    content(&self)
    token(1, afterComma: false) { $0.append(close) }
  }

  /// Writes a token of at most `longest` bytes, after a comma if one is due.
  @inline(__always)
  private mutating func token(
    _ longest: Int, afterComma: Bool = true, _ write: (inout JSONCursor) -> Void
  ) {
    if end + longest + 1 > storage.count { grow(by: longest + 1) }
    let (start, writesComma) = (end, afterComma && needsComma)
    end = storage.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return start }
      var cursor = JSONCursor(next: base + start)
      if writesComma { cursor.append(UInt8(ascii: ",")) }
      write(&cursor)
      return cursor.next - base
    }
    needsComma = true
  }

  @inline(never)
  private mutating func grow(by needed: Int) {
    storage.append(contentsOf: repeatElement(0, count: max(needed, storage.count)))
  }
}
