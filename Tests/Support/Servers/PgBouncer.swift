import Foundation

/// A real PgBouncer on a free port of 127.0.0.1, before one server; it ends with this object. Installs nothing.
package final class PgBouncer: Sendable {
  /// The time for which a connection has a session of the server.
  package enum Mode: String, CaseIterable, Sendable { case session, transaction, statement }

  /// The port on which it listens.
  package let port: Int
  private let folder: URL
  private let process: ServerProcess

  /// Starts it and returns once it answers.
  ///
  /// - Parameter settings: lines of its configuration, such as `server_round_robin = 1`.
  /// - Throws: if it is not installed or does not answer within ten seconds.
  package init(before server: PostgresServer, mode: Mode, settings: [String] = []) throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-pgb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let configuration = folder.appending(path: "pgbouncer.ini")
    let lines =
      [
        "[databases]", "postgres = host=127.0.0.1 port=\(server.port) dbname=postgres user=app",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1", "listen_port = \(port)", "unix_socket_dir =", "auth_type = any",
        "pool_mode = \(mode.rawValue)", "default_pool_size = 20",
      ] + settings
    try Data(lines.joined(separator: "\n").utf8).write(to: configuration)
    try ServerProcess.giveAway(folder)
    process = try ServerProcess(
      ["/usr/sbin/pgbouncer", configuration.path], log: folder.appending(path: "log"))
    let deadline = Date().addingTimeInterval(10)
    while !isReady {
      guard process.isRunning, Date() < deadline else { throw NotReady(log: log) }
      usleep(10_000)  // It says only by accepting connections that it is ready.
    }
  }

  deinit {
    process.stop(SIGKILL)
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// The connection string that leads through it.
  package var connectionString: String {
    "host=127.0.0.1 port=\(port) user=app dbname=postgres sslmode=disable"
  }

  /// Runs a statement by `psql`, through it.
  package func run(_ sql: String) throws { _ = try PostgresServer.query(sql, at: connectionString) }

  /// It did not start.
  package struct NotReady: Error { let log: String }

  private var log: String {
    (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
  }

  private var isReady: Bool {
    let command = [
      "/usr/lib/postgresql/15/bin/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)", "-t", "1",
    ]
    return (try? ServerProcess.run(command)) != nil
  }
}
