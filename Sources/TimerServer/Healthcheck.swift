import ArgumentParser
import Glibc
import HTTPAPI

/// `timerd healthcheck`
struct Healthcheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks the service at --listen whether it is ready; exit code 0 means yes.")

  @OptionGroup var options: SettingsOptions

  func run() throws {
    let configuration = try options.configuration()
    let answer = Self.get("/readyz", host: configuration.api.host, port: configuration.api.port)
    let isReady = answer.hasPrefix("HTTP/1.1 200")
    print(isReady ? "ready" : "not ready")
    if !isReady { throw ExitCode.failure }
  }

  /// One request on a blocking socket, with three seconds for each step; this command does nothing else.
  private static func get(_ path: String, host: String, port: Int) -> String {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let target = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
    guard getaddrinfo(target, "\(port)", &hints, &found) == 0, let address = found else { return "" }
    defer { freeaddrinfo(found) }
    let descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 3, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else { return "" }
    let request = "GET \(path) HTTP/1.1\r\nHost: \(target)\r\nConnection: close\r\n\r\n"
    guard request.withCString({ send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }) > 0 else {
      return ""
    }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }
}
