import CurlClient

/// Decides which addresses callbacks may reach: public ones, and those an operator allows.
struct NetworkPolicy: Sendable {
  private let allowed: [CIDR]

  init(allowing allowed: [CIDR]) { self.allowed = allowed }

  func allows(_ address: IPAddress) -> Bool {
    if allowed.contains(where: { $0.contains(address) }) { return true }
    if let translated = address.behindTranslation { return allows(translated) }
    if address.bytes.count == 4 { return !Self.deniedV4.contains { $0.contains(address) } }
    return Self.publicV6.contains { $0.contains(address) } && !Self.deniedV6.contains { $0.contains(address) }
  }

  /// The special-purpose registry of IPv4 (RFC 6890), and the metadata address of a cloud.
  private static let deniedV4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
  ].compactMap { CIDR($0) }

  /// The part of IPv6 out of which public addresses are assigned.
  private static let publicV6 = ["2000::/3"].compactMap { CIDR($0) }

  private static let deniedV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].compactMap {
    CIDR($0)
  }
}
