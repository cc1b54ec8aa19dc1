// Inlined into the writers of other targets, where a member costs what its name and its value cost.
extension JSONWriter {
  /// Writes a member whose value is a string; nothing if it is nil.
  @inlinable @inline(__always)
  package mutating func member(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    self.name(name)
    string(text)
  }

  /// Writes a member whose value is a whole number; nothing if it is nil.
  @inlinable @inline(__always)
  package mutating func member(_ name: StaticString, _ value: Int?) {
    guard let value else { return }
    self.name(name)
    integer(value)
  }

  /// Writes a member whose value is a whole number; nothing if it is nil.
  @inlinable @inline(__always)
  package mutating func member(_ name: StaticString, _ value: Int64?) {
    guard let value else { return }
    self.name(name)
    integer(value)
  }

  /// Writes a member whose value is a finite number.
  @inlinable @inline(__always)
  package mutating func member(_ name: StaticString, _ value: Double) {
    self.name(name)
    number(value)
  }

  /// Writes a member whose value is `true` or `false`.
  @inlinable @inline(__always)
  package mutating func member(_ name: StaticString, _ value: Bool) {
    self.name(name)
    boolean(value)
  }

  /// Writes a member whose value is a JSON text already; nothing if it is nil.
  @inlinable @inline(__always)
  package mutating func member(_ name: StaticString, raw text: [UInt8]?) {
    guard let text else { return }
    self.name(name)
    raw(text)
  }

  /// Writes a string, or `null` if it is nil.
  @inlinable @inline(__always)
  package mutating func stringOrNull(_ text: String?) {
    if let text { string(text) } else { null() }
  }

  /// Writes a whole number, or `null` if it is nil.
  @inlinable @inline(__always)
  package mutating func integerOrNull(_ value: Int?) {
    if let value { integer(value) } else { null() }
  }
}
