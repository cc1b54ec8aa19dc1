/// Judges if a text may be given to a YAML parser that descends once for each level, and compares keys by all that aliases make of
/// them. A file of settings has one level; what is counted here may be a part of a text or a comment, so that much more is let through.
struct SettingsFileShape {
  private(set) var isFlat = true
  private static let mostLevels = 200
  private static let mostAliases = 16

  init(_ text: String) {
    var (brackets, marks, aliases) = (0, 0, 0)
    var before = UInt8(ascii: "\n")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): marks = 0
      case UInt8(ascii: " "), UInt8(ascii: "\t"): if Self.opens(before) { marks += 1 }
      case UInt8(ascii: "*"): if !Self.isWord(before) { aliases += 1 }
      default: break
      }
      before = byte
      if brackets > Self.mostLevels || marks > Self.mostLevels || aliases > Self.mostAliases {
        isFlat = false
        return
      }
    }
  }

  /// Returns true if a level begins with this and a blank.
  private static func opens(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "*"):
      true
    default: false
    }
  }
}
