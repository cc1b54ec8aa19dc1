package import Foundation
import Synchronization

/// A real MariaDB on a free port of 127.0.0.1, in a temporary directory. Installs nothing.
package final class MariaDBServer: Sendable {
  /// One server for all tests that only need a database of their own.
  package static func shared() throws -> MariaDBServer { try common.get() }

  private static let common: Result<MariaDBServer, any Error> = Result {
    let server = try MariaDBServer()
    // Nothing deinitializes what is static.
    atexit { try? MariaDBServer.common.get().remove() }
    return server
  }

  package let port: Int
  private let folder: URL
  private let settings: [String]
  private let process = Mutex<ServerProcess?>(nil)

  /// Creates the system's tables and starts the server.
  ///
  /// - Parameter settings: such as `sync-binlog=0`.
  /// - Throws: if it is not installed or does not accept connections within 30 seconds.
  package convenience init(settings: [String] = []) throws { try self.init(settings, certificateName: nil) }

  /// Creates a server that also speaks TLS, with a certificate of its own for `name`, such as `IP:127.0.0.1`.
  package convenience init(certificateFor name: String) throws {
    try self.init([], certificateName: name)
  }

  private init(_ settings: [String], certificateName: String?) throws {
    port = LocalPort.free()
    let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-maria-\(UUID().uuidString)")
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let certificateName {
      try SelfSignedCertificate.make(in: folder, for: certificateName)
      let (certificate, key) = (SelfSignedCertificate.fileName, SelfSignedCertificate.keyFileName)
      try ServerProcess.giveAway(folder.appending(path: key))
      self.settings =
        settings + [
          "ssl-cert=\(folder.appending(path: certificate).path)",
          "ssl-key=\(folder.appending(path: key).path)",
        ]
    } else {
      self.settings = settings
    }
    try ServerProcess.giveAway(folder)
    try ServerProcess.run([
      "/usr/bin/mariadb-install-db", "--no-defaults", "--datadir=\(data)",
      "--auth-root-authentication-method=normal", "--skip-test-db",
    ])
    try start()
  }

  deinit { remove() }

  /// The certificate of a server that has one.
  package var certificate: URL { folder.appending(path: SelfSignedCertificate.fileName) }

  /// Returns the address of a database, which is created if need be.
  package func address(database: String, options: String = "") throws -> String {
    try query("CREATE DATABASE IF NOT EXISTS `\(database)`")
    return address(port: port, database: database, options: options)
  }

  /// Returns the address of a database through a proxy.
  package func address(port: Int, database: String, options: String = "") -> String {
    "mysql://root@127.0.0.1:\(port)/\(database)\(options.isEmpty ? "" : "?")\(options)"
  }

  /// Starts it again and returns once it accepts connections.
  package func start() throws {
    let deadline = Date().addingTimeInterval(30)
    while Date() < deadline {
      let started = try launch()
      while started.isRunning, Date() < deadline {
        if isReady { return process.withLock { $0 = started } }
        usleep(10_000)  // It says only by accepting connections that it is ready.
      }
      started.stop(SIGKILL)
    }
    throw NotReadyError(log: (try? String(contentsOf: log, encoding: .utf8)) ?? "")
  }

  /// Kills it at once, as a power cut would.
  package func kill() { take()?.stop(SIGKILL) }

  /// Stops it as an operator would, ending the sessions.
  package func stop() { take()?.stop(SIGTERM) }

  /// Runs statements by the server's own client, as root.
  ///
  /// - Returns: the rows, fields separated by tabs.
  @discardableResult
  package func query(_ sql: String, database: String? = nil) throws -> [String] {
    let client = Process()
    client.executableURL = URL(filePath: "/usr/bin/mariadb")
    client.arguments =
      ["--no-defaults", "--protocol=TCP", "-h127.0.0.1", "-P\(port)", "-uroot", "-N", "-B", "-e", sql]
      + (database.map { [$0] } ?? [])
    client.standardInput = FileHandle.nullDevice
    let output = Pipe()
    client.standardOutput = output
    try client.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    client.waitUntilExit()
    guard client.terminationStatus == 0 else { throw QueryError(sql: sql) }
    return text.split(separator: "\n").map { String($0) }
  }

  /// It did not start.
  package struct NotReadyError: Error { let log: String }
  /// A statement of the test's own failed.
  package struct QueryError: Error { let sql: String }

  private var data: String { folder.appending(path: "data").path }
  private var log: URL { folder.appending(path: "log") }

  private var isReady: Bool {
    (try? ServerProcess.run([
      "/usr/bin/mariadb-admin", "--no-defaults", "--protocol=TCP", "-h127.0.0.1", "-P\(port)", "-uroot",
      "--connect-timeout=1", "ping",
    ])) != nil
  }

  private func launch() throws -> ServerProcess {
    let all =
      [
        "datadir=\(data)", "port=\(port)", "bind-address=127.0.0.1", "skip-name-resolve",
        "socket=\(folder.appending(path: "socket").path)", "pid-file=\(folder.appending(path: "pid").path)",
        "innodb-buffer-pool-size=64M", "max-connections=500",
      ] + settings
    return try ServerProcess(["/usr/sbin/mariadbd", "--no-defaults"] + all.map { "--\($0)" }, log: log)
  }

  func remove() {
    kill()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  private func take() -> ServerProcess? {
    process.withLock { process in
      defer { process = nil }
      return process
    }
  }
}
