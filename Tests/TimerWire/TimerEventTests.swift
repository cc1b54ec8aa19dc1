import Testing
import TimerModel
import TimerWire

/// The events of settlements, case by case.
@Suite struct TimerEventTests {
  private static let next = Timestamp(milliseconds: 1_800_000_000_000)

  private static let kinds: [(Settlement.Ending, TimerEvent.Kind?)] = [
    (.delivered, .fired), (.rescheduled(at: next, firingID: FiringID(high: 1, low: 2)), .fired),
    (.retry(at: next), .retried), (.dead, .deadLettered), (.released(dueAt: next), nil),
  ]

  @Test(arguments: kinds)
  func kindFollowsFromEnding(ending: Settlement.Ending, kind: TimerEvent.Kind?) {
    #expect(TimerEvent.Kind(ending) == kind)
  }

  @Test func typesAreStable() {
    #expect(
      TimerEvent.Kind.allCases.map(\.rawValue) == [
        "dev.timerd.timer.fired", "dev.timerd.timer.retried", "dev.timerd.timer.dead-lettered",
        "dev.timerd.timer.cancelled",
      ])
  }
}
