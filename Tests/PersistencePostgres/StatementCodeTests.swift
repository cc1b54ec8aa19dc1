import Persistence
import Testing
import TimerModel

@testable import PersistencePostgres

/// Numbers and texts on which Swift and the statements must agree.
@Suite struct StatementCodeTests {
  private static let time = Timestamp(milliseconds: 5)

  @Test func everyEndingHasItsCode() {
    let endings: [Settlement.Ending] = [
      .delivered, .retry(at: Self.time), .dead, .rescheduled(at: Self.time, firingID: .random()),
      .released(dueAt: Self.time),
    ]
    #expect(endings.map { EndingCode($0) } == EndingCode.allCases)
  }

  @Test(arguments: EndingCode.allCases)
  func endingCodeSurvivesItsNumber(code: EndingCode) {
    #expect(EndingCode(rawValue: code.rawValue) == code)
    #expect("\(code)" == "\(code.rawValue)")
  }

  @Test(arguments: ClaimCode.allCases)
  func claimCodeSurvivesItsNumber(code: ClaimCode) {
    #expect(ClaimCode(rawValue: code.rawValue) == code)
    #expect("\(code)" == "\(code.rawValue)")
  }

  /// The row that reports on the request casts a truth value to a number.
  @Test func requestCodesAreFalseAndTrue() {
    #expect(ClaimCode.claimed.rawValue == 0)
    #expect(ClaimCode.nodeIsGone.rawValue == 1)
  }

  @Test func indexesHaveTheConditionsOfStatements() {
    let schema = PostgresMigration.all.map(\.sql).joined()
    #expect(schema.contains(" WHERE \(PhaseCode.scheduledCondition);"))
    #expect(schema.contains(" WHERE \(PhaseCode.endedCondition);"))
    #expect(schema.contains(" WHERE \(PostgresStatement.overCondition);"))
    #expect(schema.contains(" WHERE \(PostgresStatement.deadCondition);"))
  }

  @Test func lostClaimHasTheStoredForm() throws {
    let record = AttemptRecord(
      number: 3, startedAt: Self.time, durationMilliseconds: 0, result: .lost, error: AttemptRecord.lostText,
      node: NodeID("n"))
    let parts = StoredAttempts.encode(record).split(separator: "\"n\"")
    try #require(parts.count == 2 && parts[0].hasPrefix("[3,5,"))
    for text in [parts[0].dropFirst(4), parts[1]] {
      #expect(PostgresStatement.claim.sql.contains("'\(text)'"))
      #expect(PostgresStatement.rewrite.sql.contains("'\(text)'"))
    }
  }

  @Test func releasedClaimIsFoundByItsEnding() {
    let ending = StoredAttempts.releasedEnding
    #expect(PostgresStatement.endsReleased.contains(" - \(ending.utf8.count - 1))"))
    #expect(PostgresStatement.endsReleased.contains("'\(ending)'::bytea"))
  }
}
