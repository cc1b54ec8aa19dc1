/// Passwords inside addresses such as `postgres://user:password@host`.
enum AddressPassword {
  /// `address` as people may see it: without the password after a user's name or in an option.
  static func redacted(_ address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return redactedOptions(address[...]) }
    let end = address[scheme.upperBound...].firstIndex { $0 == "/" || $0 == "?" } ?? address.endIndex
    var shown = String(address[..<scheme.upperBound])
    let authority = address[scheme.upperBound..<end]
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at].prefix { $0 != ":" }
      shown += user.endIndex == at ? user : user + ":(redacted)"
      shown += authority[at...]
    } else {
      shown += authority
    }
    return shown + redactedOptions(address[end...])
  }

  private static func redactedOptions(_ rest: Substring) -> String {
    guard let mark = rest.firstIndex(of: "?") else { return String(rest) }
    let options = rest[rest.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
    let shown = options.map { option in
      let name = option.prefix { $0 != "=" }
      return name.lowercased().contains("password") ? "\(name)=(redacted)" : String(option)
    }
    return rest[...mark] + shown.joined(separator: "&")
  }
}
