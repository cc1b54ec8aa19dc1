import Foundation

/// A PostgreSQL as initdb makes it, so with fsync on; only its shared memory and WAL are given sizes of a server.
final class PostgresServer {
  static let binaries = "/usr/lib/postgresql/15/bin"
  /// Statements are counted only in databases for which it is switched on.
  private static let settings = [
    "shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200",
    "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=none",
  ]

  let port: Int
  private let folder: URL
  private let process: ChildProcess

  /// Starts the server whose data is in `folder`; makes it if it is not there.
  init(in folder: URL) throws {
    self.folder = folder
    port = try FreePort.any()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if getuid() == 0 { try ChildProcess.run(["chown", "postgres", folder.path]) }
    let data = folder.appending(path: "data").path
    if !FileManager.default.fileExists(atPath: data) {
      try ChildProcess.run(
        ["\(Self.binaries)/initdb", "-D", data, "-U", "app", "--auth=trust", "-N"], user: "postgres")
    }
    let all = ["listen_addresses=127.0.0.1", "unix_socket_directories=\(folder.path)"] + Self.settings
    process = try ChildProcess(
      ["\(Self.binaries)/postgres", "-D", data, "-p", "\(port)"] + all.flatMap { ["-c", $0] },
      log: folder.appending(path: "log"), user: "postgres")
    try Waiting.until("PostgreSQL accepts connections", within: 120) { [port] in
      (try? ChildProcess.run(["\(Self.binaries)/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)"]))
        != nil
    }
  }

  func address(of database: String) -> String {
    "postgres://app@127.0.0.1:\(port)/\(database)?sslmode=disable"
  }

  /// Runs statements and returns the rows, fields separated by `|`.
  @discardableResult
  func query(_ sql: String, in database: String = "postgres") throws -> [String] {
    try ChildProcess.run([
      "\(Self.binaries)/psql", address(of: database), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql,
    ]).split(separator: "\n").map { String($0) }
  }

  /// Begins to run statements.
  func start(_ sql: String, in database: String, log: URL) throws -> ChildProcess {
    try ChildProcess(
      ["\(Self.binaries)/psql", address(of: database), "-X", "-q", "-At", "-c", sql], log: log)
  }

  func number(_ sql: String, in database: String) throws -> Double {
    guard let number = try query(sql, in: database).first.flatMap({ Double($0) }) else {
      throw BenchError("no number: \(sql)")
    }
    return number
  }

  /// Creates an empty database in the place of another one.
  func renew(_ database: String) throws {
    if try has(database) { try query("DROP DATABASE \(database) WITH (FORCE)") }
    try query("CREATE DATABASE \(database)")
  }

  func has(_ database: String) throws -> Bool {
    try !query("SELECT 1 FROM pg_database WHERE datname = '\(database)'").isEmpty
  }

  func cpuSeconds() -> Double { process.cpuSeconds() }

  func stop() { process.stop(SIGINT) }
}
