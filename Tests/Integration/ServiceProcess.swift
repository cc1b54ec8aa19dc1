import Foundation

/// A real `timerd` on a port of 127.0.0.1, with its store in a temporary directory.
final class ServiceProcess {
  let port: Int
  let folder: URL
  private var process: Process?

  init() throws {
    port = Self.freePort()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    process?.terminate()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// Starts the process and returns when it is ready.
  func start() throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = [
      "serve", "--listen", "127.0.0.1:\(port)", "--store", "sqlite:\(folder.appending(path: "t.db").path)",
      "--callback-allow-networks", "127.0.0.0/8", "--log-level", "error",
    ]
    // What the caller's environment sets for a service of its own is not for this one.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TIMERD_") }
    try process.run()
    self.process = process
    let deadline = Date().addingTimeInterval(30)
    while (try? HTTPConnection(port: port).request("GET", "/readyz"))?.status != 200 {
      guard Date() < deadline, process.isRunning else { throw NotReady() }
    }
  }

  /// Kills it at once, as a power cut would.
  func kill() {
    guard let process else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to stop and waits for its end.
  func stop() -> Int32 {
    process?.terminate()
    process?.waitUntilExit()
    return process?.terminationStatus ?? -1
  }

  struct NotReady: Error {}

  /// The product lies beside the test bundle.
  private static var executable: URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "timerd")
  }

  private static func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, size)
        _ = getsockname(descriptor, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
