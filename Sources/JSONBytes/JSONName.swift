/// A member's name between its quotation marks; it becomes text only where somebody asks for it.
package struct JSONName {
  @usableFromInline let bytes: ArraySlice<UInt8>

  /// Returns true if it is `name`, which has no character that must be escaped.
  @inlinable
  package func `is`(_ name: String) -> Bool {
    let length = name.utf8.count
    guard bytes.count >= length else { return false }
    if bytes.count == length { return Self.areEqual(bytes, name) }
    // Longer bytes are the same name only where characters of it are escaped, by six bytes at most.
    guard bytes.count <= length * 6, bytes.contains(UInt8(ascii: "\\")) else { return false }
    return JSONText.decode(bytes)?.utf8.elementsEqual(name.utf8) ?? false
  }

  /// Returns true if both, of the same length, have the same bytes. Each member of a command is compared with several names: one
  /// byte after the other by iterators would cost a tenth of reading it.
  @usableFromInline
  static func areEqual(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
    let inPlace = bytes.withUnsafeBytes { bytes in
      name.utf8.withContiguousStorageIfAvailable { name in
        var place = 0
        while place < bytes.count, bytes[place] == name[place] { place += 1 }
        return place == bytes.count
      }
    }
    return inPlace ?? bytes.elementsEqual(name.utf8)
  }

  /// The name as text; a lone surrogate in it becomes the replacement character.
  package var text: String { JSONText.decode(bytes) ?? "\u{fffd}" }
}
