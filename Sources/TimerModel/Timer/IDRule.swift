/// The rule for group and timer IDs.
///
/// The characters are those that stand unescaped in a path segment (RFC 3986, `pchar`), so that an id is written in one
/// way only and `groupId/timerId` can be taken apart again.
public enum IDRule {
  /// The longest id, in characters.
  public static let maxLength = 255
  /// The rule, in words that follow a field's name.
  public static let description =
    "must be 1 to 255 characters out of A-Z a-z 0-9 - . _ ~ ! $ & ' ( ) * + , ; = : @, and not . or .."

  /// Returns true if `id` keeps the rule.
  @inlinable
  public static func allows(_ id: String) -> Bool {
    let length = id.utf8.count
    return length > 0 && length <= maxLength && id != "." && id != ".." && id.utf8.allSatisfy(isAllowed)
  }

  /// Returns true if ids may have `byte`.
  @inlinable
  package static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "="):
      true
    case UInt8(ascii: ":"), UInt8(ascii: "@"): true
    default: false
    }
  }
}
