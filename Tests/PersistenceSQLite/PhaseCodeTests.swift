import Persistence
import Testing
import TimerModel

@testable import PersistenceSQLite

@Suite struct PhaseCodeTests {
  @Test(arguments: Timer.Phase.allCases)
  func phaseSurvivesItsCode(phase: Timer.Phase) {
    let code = PhaseCode(phase)
    #expect(code.phase == phase)
    #expect(PhaseCode(rawValue: code.rawValue) == code)
    #expect("\(code)" == "\(code.rawValue)")
    #expect(phase == .scheduled || code.rawValue > PhaseCode.scheduled.rawValue)
  }

  /// Existing rows hold these numbers.
  @Test func storedNumbersNeverChange() {
    #expect(PhaseCode.allCases.map(\.phase) == [.scheduled, .delivered, .dead, .cancelled])
    #expect(PhaseCode.allCases.map(\.rawValue) == [0, 1, 2, 3])
  }

  @Test func indexesHaveTheConditionsOfStatements() {
    let schema = SQLiteSchema.migrations.map(\.sql).joined()
    #expect(schema.contains(" WHERE \(PhaseCode.scheduledCondition);"))
    #expect(schema.contains(" WHERE \(PhaseCode.endedCondition);"))
    #expect(schema.contains(" WHERE \(SQLiteTimerStore.overCondition);"))
  }
}
