import GRDB
import Testing

@testable import PersistenceSQLite

/// The columns of a timer in the schema, and in the statement that selects them.
@Suite struct SQLiteTimerColumnTests {
  private let names = SQLiteTimerColumn.allCases.map { "\($0.name)" }

  @Test func everyStoredColumnButTheShardIsRead() throws {
    let stored = try migrated().read { try $0.columns(in: "timers").map(\.name) }
    #expect(stored.sorted() == (names + ["shard"]).sorted())
  }

  @Test func columnsAreSelectedAtTheirPlaces() throws {
    let selected = try migrated().read { try $0.makeStatement(sql: SQLiteTimerStore.fetchSQL).columnNames }
    #expect(selected == names)
    for column in SQLiteTimerColumn.allCases {
      #expect(names[Int(column.rawValue)] == "\(column.name)")
    }
  }

  /// A database in memory with the tables of this version.
  private func migrated() throws -> DatabaseQueue {
    let database = try DatabaseQueue()
    try SQLiteSchema.migrator.migrate(database)
    return database
  }
}
