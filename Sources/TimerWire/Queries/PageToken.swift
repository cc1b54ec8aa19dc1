import JSONBytes
package import TimerModel

/// The end of a page, as clients hand it back: opaque to them, and bound to the parameters of its list.
package enum PageToken {
  /// Returns the token for a position in the list that `fingerprint` stands for.
  package static func encode(_ position: ScanPosition, _ fingerprint: UInt64) -> String {
    let parts = [
      version, String(fingerprint, radix: 16), position.time.map { "\($0.milliseconds)" } ?? "",
      position.row.map { "\($0)" } ?? "", position.key.groupID, position.key.timerID,
    ]
    return hex(Array(parts.joined(separator: "/").utf8))
  }

  /// Reads a token.
  ///
  /// - Returns: nil for a text that is not a token, or that belongs to other parameters.
  static func decode(_ token: String, _ fingerprint: UInt64) -> ScanPosition? {
    guard let text = bytes(token).flatMap({ String(validating: $0, as: UTF8.self) }) else { return nil }
    // Ids have no slash.
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
    guard parts.count == 6, parts[0] == version, parts[1] == String(fingerprint, radix: 16) else {
      return nil
    }
    let (time, row) = (Int64(parts[2]), Int64(parts[3]))
    guard time != nil || parts[2].isEmpty, row != nil || parts[3].isEmpty else { return nil }
    return ScanPosition(
      time: time.map { Timestamp(milliseconds: $0) }, key: TimerKey(groupID: parts[4], timerID: parts[5]),
      row: row)
  }

  /// The hash of the parameters of a list, in whatever order they come; those of the page are not among them.
  static func fingerprint(_ path: String, _ parameters: QueryParameters) -> UInt64 {
    var hash = FNV1a()
    hash.add(path.utf8)
    let bound = parameters.all.filter { $0.name != "pageSize" && $0.name != "pageToken" }
    for parameter in bound.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) {
      hash.add(0)
      hash.add(parameter.name.utf8)
      hash.add(0)
      hash.add(parameter.value.utf8)
    }
    return hash.value
  }

  private static let version = "1"

  private static func hex(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [HexDigit.of($0 >> 4), HexDigit.of($0)] }, as: UTF8.self)
  }

  private static func bytes(_ hex: String) -> [UInt8]? {
    let digits = hex.utf8.map { HexDigit.value($0) }
    guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).reduce(into: [UInt8]?.some([])) { bytes, place in
      guard let high = digits[place], let low = digits[place + 1] else {
        bytes = nil
        return
      }
      bytes?.append(UInt8(high << 4 | low))
    }
  }
}
