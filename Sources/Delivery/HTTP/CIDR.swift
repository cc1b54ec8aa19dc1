import CurlClient

/// A range of IP addresses such as `10.0.0.0/8` or `::1/128`.
package struct CIDR: Hashable, Sendable, CustomStringConvertible {
  let address: IPAddress
  let prefixLength: Int

  /// Reads `text`; nil if it is not a range.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(String(parts[0])), let length = Int(parts[1]) else {
      return nil
    }
    // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
    let unwrapped = address.bytes.count == 4 && parts[0].contains(":") ? 96 : 0
    guard (unwrapped...(unwrapped + address.bytes.count * 8)).contains(length) else { return nil }
    self.address = address
    prefixLength = length - unwrapped
  }

  /// The range as text.
  package var description: String { "\(address)/\(prefixLength)" }

  func contains(_ other: IPAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    for (index, (mine, theirs)) in zip(address.bytes, other.bytes).enumerated() {
      let bits = min(max(prefixLength - index * 8, 0), 8)
      let mask = bits == 0 ? 0 : UInt8.max << UInt8(8 - bits)
      guard mine & mask == theirs & mask else { return false }
    }
    return true
  }
}
