import ArgumentParser
import Glibc
import HTTPAPI

/// `timerd healthcheck`
struct Healthcheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks the service at --admin-listen, or --listen, whether it is ready; exit code 0 means yes.",
    discussion: """
      Examples:
        timerd healthcheck
        timerd healthcheck --listen 127.0.0.1:8080

      It takes the settings as `timerd serve` does, and uses these two only.

      Exit codes: 0 ready, 1 not ready, 64 wrong usage, 78 wrong configuration.
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try await options.configuration()
    let address = configuration.api.administration
    let (host, port) = (address?.host ?? configuration.api.host, address?.port ?? configuration.api.port)
    let answer = Self.get("/readyz", host: host, port: port)
    guard answer.hasPrefix("HTTP/1.1 200") else {
      let status =
        answer.split(whereSeparator: \.isNewline).first.map { "answers \($0)" } ?? "does not answer"
      Console.error("timerd: not ready: \(host):\(port) \(status)")
      throw ExitCode.failure
    }
    print("ready")
  }

  /// The beginning of the answer of the first address that answers; this command does nothing else, so it may block.
  private static func get(_ path: String, host: String, port: Int) -> String {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let target = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
    guard getaddrinfo(target, "\(port)", &hints, &found) == 0 else { return "" }
    defer { freeaddrinfo(found) }
    let name = target.contains(":") ? "[\(target)]" : target
    let request = "GET \(path) HTTP/1.1\r\nHost: \(name):\(port)\r\nConnection: close\r\n\r\n"
    var next = found
    while let address = next?.pointee {
      let answer = exchange(request, with: address)
      if !answer.isEmpty { return answer }
      next = address.ai_next
    }
    return ""
  }

  /// One request on a blocking socket, with three seconds for each step.
  private static func exchange(_ request: String, with address: addrinfo) -> String {
    let descriptor = socket(address.ai_family, address.ai_socktype, 0)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var limit = timeval()
    limit.tv_sec = 3
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0,
      request.withCString({ send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }) > 0
    else { return "" }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }
}
