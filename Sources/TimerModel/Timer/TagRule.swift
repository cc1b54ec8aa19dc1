/// The rule for tags: names and values by which clients find timers again.
public enum TagRule {
  /// The maximum number of tags of a timer.
  public static let maxCount = 16
  /// The longest name, in characters.
  public static let maxNameLength = 64
  /// The longest value, in Unicode scalars.
  public static let maxValueLength = 256

  /// The rule for names, in words that follow a field's name.
  public static let nameDescription = "must have a name of 1 to 64 characters out of A-Z a-z 0-9 . _ -"
  /// The rule for values, in words that follow a field's name.
  public static let valueDescription = "must be a string of at most 256 characters"

  /// Returns true if a tag may have this name.
  public static func allows(name: String) -> Bool {
    (1...maxNameLength).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }

  /// Returns true if a tag may have this value.
  public static func allows(value: String) -> Bool {
    // A scalar takes one byte at least: short texts need not be counted.
    value.utf8.count <= maxValueLength || value.unicodeScalars.count <= maxValueLength
  }
}
