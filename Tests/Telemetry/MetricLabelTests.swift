import Telemetry
import Testing
import TimerModel

/// The labels of outcomes and verdicts, case by case. Dashboards and alerts name their values.
@Suite struct MetricLabelTests {
  private static let outcomes: [(AttemptOutcome.Kind, String)] = [
    (.delivered, "delivered"), (.rescheduled(at: time), "rescheduled"), (.failed(retryAfter: nil), "failed"),
    (.permanentFailure, "refused"),
  ]

  @Test(arguments: outcomes)
  func outcomesHaveLabels(outcome: AttemptOutcome.Kind, label: String) {
    #expect(OutcomeLabel(outcome).rawValue == label)
  }

  private static let deadLetters: [(AttemptRecord.Result?, String)] = [
    (.permanentFailure, "refused"), (.failed, "attempts_used_up"), (.delivered, "attempts_used_up"),
    (.rescheduled, "attempts_used_up"), (.released, "attempts_used_up"), (.lost, "attempts_used_up"),
    (nil, "attempts_used_up"),
  ]

  @Test(arguments: deadLetters)
  func deadLettersHaveReasons(result: AttemptRecord.Result?, reason: String) {
    #expect(DeadLetterReason(lastResult: result).rawValue == reason)
  }

  private static let rejections: [(CommandRejection, String)] = [
    (.notFound, "not_found"), (.conflict(timer), "conflict"),
    (.revisionMismatch(current: 2), "revision_mismatch"), (.notScheduled(.dead), "not_scheduled"),
    (.notDead(.scheduled), "not_dead"), (.unreadable("timer"), "store_failed"),
  ]

  @Test(arguments: rejections)
  func rejectionsHaveReasons(rejection: CommandRejection, reason: String) {
    #expect(RejectionReason(rejection).rawValue == reason)
  }

  private static let verdicts: [(ClaimVerdict, String?)] = [
    (.claimed(timer), nil), (.notYetDue(time), "not_yet_due"), (.held(until: time), "held"),
    (.gone, "gone"), (.overBudget, "over_budget"),
  ]

  @Test(arguments: verdicts)
  func unclaimedTimersHaveReasons(verdict: ClaimVerdict, reason: String?) {
    #expect(UnclaimedReason(verdict)?.rawValue == reason)
  }

  private static let time = Timestamp(milliseconds: 1_800_000_000_000)
  private static let timer = TimerModel.Timer(
    creating: CreateTimer(
      key: TimerKey(groupID: "g", timerID: "t"),
      definition: TimerDefinition(
        executeAt: time, destination: .http(HTTPDestination(url: "http://example.com/")))), at: time)
}
