import Foundation
import TestSupport

/// A real nginx that speaks HTTP/2 over TLS, answers every request with 200 and ends each connection after a number of them.
final class NginxServer {
  let port: Int
  private let folder: URL
  private let process = Process()

  struct Failure: Error { let reason: String }

  /// Starts a server and returns once it listens.
  init(requestsPerConnection: Int) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "nginx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try SelfSignedCertificate.make(in: folder, for: "IP:127.0.0.1")
    port = LocalPort.free()
    let file = folder.appending(path: "nginx.conf")
    try configuration(requestsPerConnection).write(to: file, atomically: true, encoding: .utf8)
    process.executableURL = URL(filePath: "/usr/sbin/nginx")
    process.arguments = ["-p", folder.path, "-c", file.path, "-e", "errors"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = Date().addingTimeInterval(20)
    while !LocalPort.isListening(port) {
      guard Date() < deadline, process.isRunning else { throw Failure(reason: "nginx does not listen") }
      usleep(5_000)  // It does not say when it listens.
    }
  }

  deinit {
    process.terminate()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  var url: String { "https://127.0.0.1:\(port)/" }
  var certificate: String { folder.appending(path: SelfSignedCertificate.fileName).path }

  private func configuration(_ requestsPerConnection: Int) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \($0);" }
    return """
      daemon off; master_process off; pid nginx.pid;
      events { worker_connections 1024; }
      http {
        access_log off; \(folders.joined(separator: " "))
        server {
          listen 127.0.0.1:\(port) ssl http2 backlog=1024;
          ssl_certificate \(SelfSignedCertificate.fileName); ssl_certificate_key \(SelfSignedCertificate.keyFileName);
          keepalive_requests \(requestsPerConnection);
          location / { return 200 "{}"; }
        }
      }
      """
  }
}
