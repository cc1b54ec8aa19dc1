import Testing
import TimerModel

@testable import PersistenceMySQL

/// Parameters go by their order: there must be as many as question marks, and as many values as columns.
@Suite struct MySQLStatementTests {
  @Test func bytesAreHexadecimalLiterals() {
    let query = MySQLQuery(
      MySQLStatement(name: "n", sql: "SELECT ?, ?, ?, ?, ?"),
      [.text("a'\\\0?"), .text(""), .null, .integer(-5), .now(plus: 7)])
    #expect(
      String(decoding: query.text, as: UTF8.self)
        == "/*timerd n*/ SELECT x'61275c003f', x'', NULL, -5, @now + 7")
  }

  @Test func listsAndRowsAreInParentheses() {
    let keys = MySQLTimerStore.list(of: [TimerKey(groupID: "a", timerID: "b")])
    let rows = MySQLValue.rows([[.integer(1), .null], [.integer(2), .integer(3)]])
    let query = MySQLQuery(MySQLStatement(name: "n", sql: "? ?"), [keys, rows])
    #expect(String(decoding: query.text, as: UTF8.self) == "/*timerd n*/ ((x'61',x'62')) (1,NULL),(2,3)")
  }

  @Test func firingHasItsBytesInOrder() {
    let id = FiringID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
    #expect(MySQLValue.firing(id) == MySQLValue.bytes(Array(1...16)))
  }

  @Test func creationHasValueForEachColumn() {
    let rows = MySQLTimerStore.rows(
      creating: [MySQLHarness.create(1)], at: .now(plus: 0), shardCount: 8)
    #expect(rows.map(\.count) == [MySQLStatement.createdColumns.count])
  }

  @Test func tagsAreRowsOfTheirOwn() {
    let create = MySQLHarness.create(1, tags: ["b": "", "a": "1"])
    let queries = MySQLTimerStore.retagging([Timer(creating: create, at: MySQLHarness.past)])
    let texts = queries.map { String(decoding: $0.text, as: UTF8.self) }
    #expect(texts.count == 2)
    #expect(texts.first?.hasSuffix(" IN ((x'67',x'7431'))") == true)
    #expect(texts.last?.hasSuffix(" VALUES (x'613a31',x'67',x'7431'),(x'623a',x'67',x'7431')") == true)
    #expect(MySQLTimerStore.retagging([]).isEmpty)
  }

  @Test func largeBatchesAreSeveralStatements() {
    let row: [MySQLValue] = [.bytes(Array(repeating: 1, count: 1 << 19))]
    let queries = MySQLTimerStore.filled(.post, Array(repeating: row, count: 5))
    #expect(queries.count == 3)
    #expect(queries.allSatisfy { $0.text.count < MySQLServer.minPacket })
    #expect(MySQLTimerStore.filled(.post, []).isEmpty)
  }

  @Test func pagesNameTheirIndexes() {
    for statement in [MySQLStatement.due, .dueFirst, .overdue(shards: 2)] {
      #expect(statement.sql.contains("FORCE INDEX (timers_due)"))
    }
    for statement in [MySQLStatement.read, .lock, .lockClaims, .lockEnded, .creations, .claim, .purge] {
      #expect(statement.sql.contains("FORCE INDEX (PRIMARY)"))
    }
    #expect(MySQLStatement.untag.sql.contains("FORCE INDEX (tags_timer)"))
  }

  /// TiDB drops or refuses these without a word, or did until lately.
  @Test func statementsAreThoseOfEveryDialect() {
    let statements: [MySQLStatement] = [
      .create, .createNew, .creations, .read, .lock, .lockClaims, .rewrite, .settle, .recordClaims, .claim,
      .due, .dueFirst, .overdue(shards: 1), .ended, .lockEnded, .purge, .tag, .untag,
      .outbox(excludesTopics: true), .acquire, .renew, .heartbeat, .retire,
    ]
    for word in ["SKIP LOCKED", "LATERAL", "FOR UPDATE OF", "JSON_TABLE", "RETURNING", "VALUES ROW"] {
      #expect(statements.allSatisfy { !$0.sql.contains(word) }, "\(word)")
    }
  }
}
