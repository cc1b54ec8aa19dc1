import CLibcurl
import Glibc

/// An IPv4 or IPv6 address in network byte order; an IPv4 address inside IPv6 is unwrapped.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// Four or sixteen bytes.
  package let bytes: [UInt8]

  /// Reads the usual spelling; nil if `text` is none.
  package init?(_ text: String) {
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      bytes = withUnsafeBytes(of: &v4) { Array($0) }
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      bytes = Self.unwrapped(withUnsafeBytes(of: &v6) { Array($0) })
    } else {
      return nil
    }
  }

  /// The address of a socket; nil for other families.
  init?(_ socketAddress: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(socketAddress)
    switch Int32(socketAddress.pointee.sa_family) {
    case AF_INET:
      var address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
      bytes = withUnsafeBytes(of: &address) { Array($0) }
    case AF_INET6:
      var address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      bytes = Self.unwrapped(withUnsafeBytes(of: &address) { Array($0) })
    default: return nil
    }
  }

  /// The text that `inet_ntop` makes: dotted decimal for IPv4, compressed hexadecimal for IPv6.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = bytes.withUnsafeBytes {
      inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, $0.baseAddress, &text, socklen_t(text.count))
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The IPv4 address that a translator reaches for an address in `64:ff9b::/96` (RFC 6052), which is what DNS64 makes of the names of
  /// IPv4 hosts in a network of IPv6 alone; nil for other addresses.
  package var behindTranslation: IPAddress? {
    let prefix: [UInt8] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
    return bytes.count == 16 && bytes.starts(with: prefix) ? IPAddress(bytes: Array(bytes.suffix(4))) : nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// `::ffff:0:0/96` is IPv4 by another name (RFC 4291, section 2.5.5.2).
  private static func unwrapped(_ bytes: [UInt8]) -> [UInt8] {
    bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] ? Array(bytes.suffix(4)) : bytes
  }
}
