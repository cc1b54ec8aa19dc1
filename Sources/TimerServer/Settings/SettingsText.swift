/// Prepares what an operator wrote as it may be repeated in a message: short, on one line, and without what may be a secret.
enum SettingsText {
  private static let longest = 100

  /// A name that is not a setting's: only where it looks like one, since a part of a password may have got there.
  static func name(_ text: String) -> String {
    let isName =
      text.utf8.count <= 64
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
    return isName && !text.isEmpty ? text : "(not shown)"
  }

  /// A value of a setting that holds no secret by itself.
  static func value(_ text: String) -> String {
    let shown = AddressPassword.redacted(text)
    let clipped = shown.count > longest ? shown.prefix(longest) + "…" : shown[...]
    return String(
      clipped.map { $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? "?" : $0 })
  }
}
