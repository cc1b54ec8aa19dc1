import Foundation
import TestSupport

/// A real HTTP/2 server behind TLS with a certificate of its own; it answers 200 with what it was sent.
final class NghttpServer {
  let port: Int
  let folder: URL
  private let process = Process()

  struct Failure: Error { let reason: String }

  /// Creates a certificate for 127.0.0.1, starts the server and returns once it listens.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "nghttpd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    port = LocalPort.free()
    try SelfSignedCertificate.make(in: folder, for: "IP:127.0.0.1")
    try start()
  }

  deinit {
    process.terminate()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  var certificate: URL { folder.appending(path: SelfSignedCertificate.fileName) }

  private var key: URL { folder.appending(path: SelfSignedCertificate.keyFileName) }

  /// The number of connections that carried requests, from the server's own log.
  var connections: Int {
    get throws {
      let log = try String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
      return Set(log.matches(of: /\[id=([0-9]+)\] \[[ 0-9.]+\] recv/).map(\.1)).count
    }
  }

  private func start() throws {
    let log = folder.appending(path: "log")
    try Data().write(to: log)
    // Unbuffered, so that the log is whole whenever it is read.
    process.executableURL = URL(filePath: "/usr/bin/stdbuf")
    process.arguments = [
      "-o0", "/usr/sbin/nghttpd", "--verbose", "--echo-upload", "--address=127.0.0.1", "\(port)", key.path,
      certificate.path,
    ]
    process.standardOutput = try FileHandle(forWritingTo: log)
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = Date().addingTimeInterval(20)
    while !LocalPort.isListening(port) {
      guard Date() < deadline, process.isRunning else { throw Failure(reason: "nghttpd does not listen") }
      usleep(5_000)  // It does not say when it listens.
    }
  }
}
