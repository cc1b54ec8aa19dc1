import TimerModel

/// A server as it describes itself, and the words in which it differs from others that speak the same protocol.
struct MySQLServer: Sendable, Equatable {
  /// The database systems that the adapter knows.
  enum Dialect: Sendable {
    case mysql
    case mariadb
  }

  let dialect: Dialect
  /// The version, as the server writes it.
  let version: String
  /// The largest packet that the server takes, in bytes.
  let maxPacket: Int

  /// The values of `SHOW GLOBAL VARIABLES` that are asked for.
  static let variables =
    MySQLDurability.allCases.map(\.rawValue) + ["log_bin", "max_allowed_packet", "read_only", "version"]

  /// The least packet: a timer of the largest size, twice as long as text.
  static let minPacket = 8 << 20

  /// Judges a server by its variables.
  ///
  /// - Throws: `StoreError` for one that is too old, or takes small packets only.
  init(_ variables: [String: String]) throws(StoreError) {
    version = variables["version"] ?? ""
    maxPacket = variables["max_allowed_packet"].flatMap { Int($0) } ?? Self.minPacket
    guard !version.contains("TiDB") else { throw Self.incompatible("TiDB is not supported yet") }
    dialect = version.contains("MariaDB") ? .mariadb : .mysql
    // Proxies put 5.5.5- before MariaDB's version, for clients that know no other.
    let number = version.hasPrefix("5.5.5-") ? version.dropFirst(6) : version[...]
    let parts = number.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    let least = dialect == .mariadb ? [10, 6] : [8, 0]
    guard parts.count == 2, !parts.lexicographicallyPrecedes(least) else {
      throw Self.incompatible("\(version) is too old: MySQL 8.0 or MariaDB 10.6 is needed")
    }
    guard maxPacket >= Self.minPacket else {
      throw Self.incompatible("max_allowed_packet is \(maxPacket): set it to \(Self.minPacket) or more")
    }
  }

  /// The server's clock in milliseconds. `NOW` is the start of a statement: one that waited for locks judges by an older time, which
  /// is the safe side.
  var clock: String { "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)" }

  private static func incompatible(_ message: String) -> StoreError {
    StoreError(code: .incompatible, message: "MySQL: \(message)", isRetriable: false)
  }
}
