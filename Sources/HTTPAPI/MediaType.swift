/// Reads a `Content-Type` header as far as a JSON body needs it (RFC 9110, section 8.3).
enum MediaType {
  /// Returns true if `value` declares JSON in UTF-8, of which ASCII is a part.
  static func isJSON(_ value: String?) -> Bool {
    guard let value else { return false }
    if value == "application/json" { return true }
    let parts = value.split(separator: ";", omittingEmptySubsequences: false)
    let type = parts.first?.trimmingWhitespace.lowercased() ?? ""
    guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")),
      !type.contains(",")
    else { return false }
    return parts.dropFirst().allSatisfy { isParameterFine($0.trimmingWhitespace) }
  }

  /// Returns true if `value`, which declares JSON, declares a merge patch (RFC 7396, section 4).
  static func isMergePatch(_ value: String?) -> Bool {
    let type = value?.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
    return type.trimmingWhitespace.lowercased() == "application/merge-patch+json"
  }

  private static func isParameterFine(_ parameter: Substring) -> Bool {
    let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard pair.count == 2, pair[0].trimmingWhitespace.lowercased() == "charset" else { return true }
    var charset = pair[1].trimmingWhitespace.lowercased()
    if charset.count >= 2, charset.hasPrefix("\""), charset.hasSuffix("\"") {
      charset = String(charset.dropFirst().dropLast())
    }
    return ["utf-8", "utf8", "us-ascii", "ascii"].contains(charset)
  }
}
