package import Foundation
import Synchronization

/// A real PostgreSQL 15 on a free port of 127.0.0.1, in a temporary directory. Installs nothing.
package final class PostgresServer: Sendable {
  /// One server for all tests that only need a schema of their own.
  package static func shared() throws -> PostgresServer { try common.get() }

  private static let common: Result<PostgresServer, any Error> = Result {
    let server = try PostgresServer()
    // Nothing deinitializes what is static.
    atexit { try? PostgresServer.common.get().remove() }
    return server
  }
  private static let binaries = "/usr/lib/postgresql/15/bin"

  package let port: Int
  private let folder: URL
  private let settings: [String]
  private let process = Mutex<ServerProcess?>(nil)

  /// Creates a database and starts the server.
  ///
  /// - Parameter settings: such as `fsync=off`.
  /// - Throws: if it is not installed or does not accept connections within 30 seconds.
  package convenience init(settings: [String] = []) throws {
    try self.init(settings: settings) { Self.initdb($0) }
  }

  /// Creates a server that also speaks TLS, with a certificate of its own for `name`, such as `IP:127.0.0.1`.
  package convenience init(certificateFor name: String) throws {
    let settings = [
      "ssl=on", "ssl_cert_file=../\(SelfSignedCertificate.fileName)",
      "ssl_key_file=../\(SelfSignedCertificate.keyFileName)",
    ]
    try self.init(settings: settings, certificateName: name) { Self.initdb($0) }
  }

  /// Copies `primary` and follows it, read-only until it is promoted.
  package convenience init(standbyOf primary: PostgresServer) throws {
    try self.init(settings: []) { data in
      // Without a fast checkpoint the copy would wait minutes for the next one.
      [
        "\(Self.binaries)/pg_basebackup", "-D", data, "-h", "127.0.0.1", "-p", "\(primary.port)", "-U", "app",
        "-R", "-c",
        "fast",
      ]
    }
  }

  private static func initdb(_ data: String) -> [String] {
    ["\(binaries)/initdb", "-D", data, "-U", "app", "--auth=trust", "-N", "-E", "UTF8"]
  }

  private init(
    settings: [String], certificateName: String? = nil, making command: (_ data: String) -> [String]
  ) throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-pg-\(UUID().uuidString)")
    self.settings = settings
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let certificateName {
      try SelfSignedCertificate.make(in: folder, for: certificateName)
      try ServerProcess.giveAway(folder.appending(path: SelfSignedCertificate.keyFileName))
    }
    try ServerProcess.giveAway(folder)
    try ServerProcess.run(command(folder.appending(path: "data").path))
    try start()
  }

  deinit { remove() }

  /// The certificate of a server that has one.
  package var certificate: URL { folder.appending(path: SelfSignedCertificate.fileName) }

  package var connectionString: String { connectionString(port: port) }

  /// Returns the connection string through a proxy.
  package func connectionString(port: Int) -> String {
    "host=127.0.0.1 port=\(port) user=app dbname=postgres sslmode=disable"
  }

  /// Starts it again and returns once it accepts connections.
  package func start() throws {
    let deadline = Date().addingTimeInterval(30)
    // What a killed server's last children hold is free a moment later.
    while Date() < deadline {
      let started = try launch()
      while started.isRunning, Date() < deadline {
        if isReady { return process.withLock { $0 = started } }
        usleep(10_000)  // It says only by accepting connections that it is ready.
      }
      started.stop(SIGKILL)
    }
    throw NotReady(log: (try? String(contentsOf: log, encoding: .utf8)) ?? "")
  }

  /// Kills it and all of its processes at once, as a power cut would.
  package func kill() { take()?.stop(SIGKILL) }

  /// Stops it as an operator would, ending the sessions.
  package func stop() { take()?.stop(SIGINT) }

  /// Runs statements by `psql`, as the superuser.
  ///
  /// - Returns: the rows, fields separated by `|`.
  @discardableResult
  package func query(_ sql: String, database: String = "postgres") throws -> [String] {
    try Self.query(sql, at: connectionString.replacing("dbname=postgres", with: "dbname=\(database)"))
  }

  static func query(_ sql: String, at connectionString: String) throws -> [String] {
    let psql = Process()
    psql.executableURL = URL(filePath: "\(Self.binaries)/psql")
    psql.arguments = [connectionString, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql]
    psql.standardInput = FileHandle.nullDevice
    let output = Pipe()
    psql.standardOutput = output
    try psql.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    psql.waitUntilExit()
    guard psql.terminationStatus == 0 else { throw QueryFailed(sql: sql) }
    return text.split(separator: "\n").map { String($0) }
  }

  /// It did not start.
  package struct NotReady: Error { let log: String }
  /// A statement of the test's own failed.
  package struct QueryFailed: Error { let sql: String }

  private var data: String { folder.appending(path: "data").path }
  private var log: URL { folder.appending(path: "log") }

  private var isReady: Bool {
    (try? ServerProcess.run([
      "\(Self.binaries)/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)", "-t", "1",
    ])) != nil
  }

  private func launch() throws -> ServerProcess {
    let all = ["listen_addresses=127.0.0.1", "unix_socket_directories=\(folder.path)"] + settings
    return try ServerProcess(
      ["\(Self.binaries)/postgres", "-D", data, "-p", "\(port)"] + all.flatMap { ["-c", $0] }, log: log)
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
