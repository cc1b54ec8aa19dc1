/// A member's name between its quotation marks; it becomes text only where somebody asks for it.
struct JSONName {
  let bytes: ArraySlice<UInt8>

  /// Returns true if it is `name`, which has no character that must be escaped.
  func `is`(_ name: String) -> Bool {
    guard bytes.count >= name.utf8.count else { return false }
    if bytes.count == name.utf8.count { return bytes.elementsEqual(name.utf8) }
    // Longer bytes are the same name only where characters of it are escaped, by six bytes at most.
    guard bytes.count <= name.utf8.count * 6, bytes.contains(UInt8(ascii: "\\")) else { return false }
    return JSONText.decode(bytes)?.utf8.elementsEqual(name.utf8) ?? false
  }

  /// The name as text; a lone surrogate in it becomes the replacement character.
  var text: String { JSONText.decode(bytes) ?? "\u{fffd}" }
}
