import Testing

@testable import PersistencePostgres

/// The columns of a timer in the schema, and in the statements that select them.
@Suite struct PostgresTimerColumnTests {
  private let names = PostgresTimerColumn.allCases.map { "\($0.name)" }

  @Test func everyStoredColumnButTheShardIsRead() {
    #expect(Self.columnsOfSchema().sorted() == (names + ["shard"]).sorted())
  }

  @Test func columnsAreSelectedAtTheirPlaces() throws {
    let read = try Self.items(of: .read, "SELECT w.n, ")
    let claimed = try Self.items(of: .claim, "SELECT t.rank, ")
    try #require(read.count == PostgresStatement.ReadColumn.timer.rawValue + names.count)
    try #require(claimed.count == PostgresStatement.ClaimColumn.timer.rawValue + names.count)
    for column in PostgresTimerColumn.allCases {
      #expect(read[PostgresStatement.ReadColumn.timer.rawValue + column.rawValue] == "t.\(column.name)")
      #expect(claimed[PostgresStatement.ClaimColumn.timer.rawValue + column.rawValue] == "t.\(column.name)")
    }
  }

  @Test func rowsWithoutTimerHaveItsNumberOfColumns() {
    let lines = PostgresStatement.claim.sql.split(separator: "\n").filter { $0.contains(", NULL, NULL") }
    #expect(lines.map { $0.matches(of: /NULL/).count } == [names.count, names.count])
  }

  /// The columns of the table of timers, from the statements that create and change it.
  private static func columnsOfSchema() -> [String] {
    PostgresMigration.all.flatMap { $0.sql.split(separator: ";") }
      .filter { $0.contains("TABLE timers") }
      .flatMap { $0.matches(of: /(\w+) (?:bigint|uuid|int|smallint|bytea)\b/) }
      .map { String($0.output.1) }
  }

  /// The items of the list that begins with `start` and ends with its line.
  private static func items(of statement: PostgresStatement, _ start: String) throws -> [String] {
    let line = try #require(statement.sql.split(separator: "\n").first { $0.contains(start) })
    let list = try #require(line.split(separator: " FROM ").first)
    return list.split(separator: ", ").map { String($0) }
  }
}
