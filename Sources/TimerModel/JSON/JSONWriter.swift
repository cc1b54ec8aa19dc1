/// Appends JSON to bytes, without building values first.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Makes an empty writer with room for `capacity` bytes.
  public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// Writes an object whose members `members` writes.
  public mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", "}", members) }

  /// Writes an array whose elements `elements` writes.
  public mutating func array(_ elements: (inout JSONWriter) -> Void) { nest("[", "]", elements) }

  /// Writes a member's name; its value must follow.
  public mutating func name(_ name: StaticString) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a member's name that is not known beforehand; its value must follow.
  public mutating func name(text: String) {
    string(text)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string.
  public mutating func string(_ text: some StringProtocol) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    // Most strings need no escape, and are copied at once.
    let isCopied = text.utf8.withContiguousStorageIfAvailable { utf8 in
      guard !utf8.contains(where: Self.needsEscape) else { return false }
      bytes.append(contentsOf: utf8)
      return true
    }
    if isCopied != true { for byte in text.utf8 { appendEscaped(byte) } }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes an instant as a string of RFC 3339.
  public mutating func timestamp(_ timestamp: Timestamp) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    timestamp.appendRFC3339(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a whole number.
  public mutating func integer(_ value: some BinaryInteger) {
    comma()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Writes a finite number.
  public mutating func number(_ value: Double) {
    comma()
    bytes.append(
      contentsOf: (value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)").utf8)
  }

  /// Writes `true` or `false`.
  public mutating func boolean(_ value: Bool) {
    comma()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes `null`.
  public mutating func null() {
    comma()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes bytes that are a JSON text already.
  public mutating func raw(_ text: some Collection<UInt8>) {
    comma()
    bytes.append(contentsOf: text)
  }

  private mutating func nest(
    _ open: UnicodeScalar, _ close: UnicodeScalar, _ content: (inout JSONWriter) -> Void
  ) {
    comma()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    content(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0..<0x20:
      bytes.append(contentsOf: "\\u00".utf8)
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }
}
