import Testing

@testable import PersistenceMySQL

/// The columns of a timer in the schema, and in the statements that select them.
@Suite struct MySQLTimerColumnTests {
  private let names = MySQLTimerColumn.allCases.map { "\($0.name)" }

  @Test func everyStoredColumnIsRead() {
    let others = ["shard", "claim_token", "conflict_token", "due_key", "ended_key"]
    #expect(Self.columnsOfSchema().sorted() == (names + others).sorted())
  }

  @Test(arguments: [MySQLStatement.read, .lock, .lockClaims])
  func columnsAreSelectedAtTheirPlaces(statement: MySQLStatement) throws {
    let list = try #require(statement.sql.split(separator: " FROM ").first)
    let items = list.dropFirst("SELECT ".count).split(separator: ", ").map { String($0) }
    let first = MySQLStatement.ReadColumn.timer.rawValue
    try #require(items.count == first + names.count)
    for column in MySQLTimerColumn.allCases where items[first + column.rawValue] != "NULL" {
      #expect(items[first + column.rawValue] == "\(column.name)")
    }
  }

  @Test func writtenColumnsAreColumnsOfSchema() {
    let written =
      MySQLStatement.createdColumns + MySQLStatement.keyColumns + MySQLStatement.stateColumns
      + MySQLStatement.definitionColumns + MySQLStatement.claimColumns
    #expect(Set(written).subtracting(Self.columnsOfSchema()) == [])
  }

  /// The columns of the table of timers.
  private static func columnsOfSchema() -> [String] {
    MySQLMigration.all.flatMap(\.statements).filter { $0.contains("TABLE IF NOT EXISTS timers") }
      .flatMap { $0.matches(of: /(\w+) (?:BIGINT|SMALLINT|INT|BINARY|VARBINARY|BLOB|MEDIUMBLOB)\b/) }
      .map { String($0.output.1) }
  }
}
