import Foundation

/// One blocking HTTP/1.1 connection; an error closes it.
final class HTTPConnection {
  struct Answer {
    let status: Int
    let body: String
  }

  struct Broken: Error {}

  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Broken() }
  }

  deinit { close(descriptor) }

  /// Sends a request and reads its answer.
  func request(_ method: String, _ path: String, body: String = "") throws -> Answer {
    let text = """
      \(method) \(path) HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
      Content-Length: \(body.utf8.count)\r\n\r\n\(body)
      """
    let sent = text.withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    guard sent == text.utf8.count else { throw Broken() }
    var received: [UInt8] = []
    while true {
      if let answer = Self.parse(received) { return answer }
      var part = [UInt8](repeating: 0, count: 8192)
      let count = recv(descriptor, &part, part.count, 0)
      guard count > 0 else { throw Broken() }
      received += part.prefix(count)
    }
  }

  private static func parse(_ bytes: [UInt8]) -> Answer? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      return nil
    }
    let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).filter { $0.isNumber }) }
    let body = text[end.upperBound...]
    guard body.utf8.count >= length ?? 0 else { return nil }
    return Answer(status: status, body: String(body))
  }
}
