import Testing
import TimerModel

@testable import PersistenceMySQL

@Suite struct MySQLServerTests {
  @Test(arguments: [
    ("10.11.19-MariaDB-0+deb12u1-log", MySQLServer.Dialect.mariadb), ("5.5.5-10.6.4-MariaDB", .mariadb),
    ("8.0.36", .mysql), ("9.7.4", .mysql), ("8.4.0-commercial", .mysql),
  ])
  func dialectFollowsVersion(version: String, dialect: MySQLServer.Dialect) throws {
    #expect(try MySQLServer(["version": version]).dialect == dialect)
  }

  @Test(arguments: ["5.7.44", "10.5.1-MariaDB", "", "8.0.11-TiDB-v8.5.6"])
  func oldServerIsRefused(version: String) {
    let error = #expect(throws: StoreError.self) { try MySQLServer(["version": version]) }
    #expect(error?.code == .incompatible && error?.isRetriable == false)
  }

  @Test func smallPacketIsRefused() {
    #expect(throws: StoreError.self) {
      try MySQLServer(["version": "8.0.36", "max_allowed_packet": "4194304"])
    }
  }

  @Test(
    arguments: [
      (["innodb_flush_log_at_trx_commit": "1", "log_bin": "ON", "sync_binlog": "1"], []),
      (
        ["innodb_flush_log_at_trx_commit": "2", "log_bin": "OFF", "sync_binlog": "0"],
        [MySQLDurability.flushLogAtCommit]
      ),
      (["innodb_flush_log_at_trx_commit": "1", "log_bin": "ON", "sync_binlog": "0"], [.syncBinlog]),
      ([:], []),
    ] as [([String: String], [MySQLDurability])])
  func lossesAreFound(variables: [String: String], expected: [MySQLDurability]) {
    #expect(MySQLDurability.lossy(variables).map(\.variable) == expected)
  }

  @Test func errorsAreClassified() {
    #expect(MySQLError(number: 1213, "deadlock").isConflict)
    #expect(MySQLError(number: 1205, "lock wait").isConflict)
    #expect(MySQLError(number: 2013, "lost").endsConnection)
    #expect(MySQLError(number: 1290, "read-only").asksForAnotherConnection)
    let denied = MySQLError(number: 1045, "denied").storeError(outcome: .notApplied)
    #expect(denied.code == .unavailable && !denied.isRetriable)
    let missing = MySQLError(number: 1146, "no table").storeError(outcome: .notApplied)
    #expect(missing.code == .incompatible && !missing.isRetriable)
  }
}
