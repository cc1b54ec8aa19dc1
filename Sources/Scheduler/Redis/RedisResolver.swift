import Glibc
import NodeRuntime

/// Looks host names up on a thread of their own: `getaddrinfo` blocks for as long as it likes.
enum RedisResolver {
  /// Returns true if `host` is an address already.
  static func isAddress(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }

  /// Calls `then` on another thread with the first address of `host`, or with what the system says instead.
  static func resolve(_ host: String, then: @escaping @Sendable (RedisResolution) -> Void) {
    NamedThread.start(name: "timerd-redis-ns") { then(lookUp(host)) }
  }

  private static func lookUp(_ host: String) -> RedisResolution {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &found)
    guard status == 0, let found else { return .failed(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(found) }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let named = getnameinfo(
      found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard named == 0 else { return .failed(String(cString: gai_strerror(named))) }
    return .address(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}

/// The result of looking up a host name.
enum RedisResolution: Sendable {
  case address(String)
  case failed(String)
}
