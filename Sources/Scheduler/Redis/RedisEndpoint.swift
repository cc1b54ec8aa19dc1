/// The address of a Redis server.
package enum RedisEndpoint: Hashable, Sendable, CustomStringConvertible {
  /// A host name or address, and a port.
  case tcp(host: String, port: Int)
  /// The path of a Unix socket.
  case unix(path: String)

  static func isPort(_ number: some BinaryInteger) -> Bool { (1...65_535).contains(number) }

  /// As it stands in a URL.
  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
