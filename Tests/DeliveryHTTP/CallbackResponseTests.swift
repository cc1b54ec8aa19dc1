import Testing
import TimerModel

@testable import DeliveryHTTP

@Suite struct CallbackResponseTests {
  static let now = Timestamp(milliseconds: 1_795_447_800_000)

  @Test(arguments: [
    (200, AttemptOutcome.Kind.delivered), (204, .delivered), (299, .delivered),
    (301, .failed(retryAfter: nil)),
    (400, .permanentFailure), (404, .permanentFailure), (408, .failed(retryAfter: nil)),
    (410, .permanentFailure),
    (425, .failed(retryAfter: nil)), (429, .failed(retryAfter: nil)), (500, .failed(retryAfter: nil)),
    (503, .failed(retryAfter: nil)), (101, .failed(retryAfter: nil)),
  ])
  func statusDeterminesOutcome(status: Int, kind: AttemptOutcome.Kind) {
    let outcome = CallbackResponse(status: status).outcome(now: Self.now)
    #expect(outcome.kind == kind)
    #expect(outcome.statusCode == status)
    #expect((outcome.error == nil) == (kind == .delivered))
  }

  @Test(arguments: [
    ("{\"ok\":false}", AttemptOutcome.Kind.failed(retryAfter: nil)), ("{\"ok\":true}", .delivered),
    ("{\"ok\":\"false\"}", .delivered), ("not json", .delivered), ("[false]", .delivered), ("", .delivered),
    (
      "{\"nextExecuteAt\":\"2026-11-23T15:31:00Z\"}",
      .rescheduled(at: Timestamp(milliseconds: 1_795_447_860_000))
    ),
    ("{\"nextExecuteAt\":null}", .delivered), ("{\"nextExecuteAt\":\"soon\"}", .failed(retryAfter: nil)),
    ("{\"nextExecuteAt\":5}", .failed(retryAfter: nil)),
    ("{\"nextExecuteAt\":\"0000-01-01T00:00:00+23:59\"}", .failed(retryAfter: nil)),
    ("{\"nextExecuteAt\":\"2099-01-01T00:00:00Z\"}", .failed(retryAfter: nil)),
  ])
  func readsSuccessBodies(body: String, kind: AttemptOutcome.Kind) {
    #expect(CallbackResponse(status: 200, body: Array(body.utf8)).outcome(now: Self.now).kind == kind)
  }
}
