import NodeRuntime
import Testing
import TimerModel

@Suite struct StoreClockTests {
  /// A store whose clock is `difference` microseconds ahead of the monotonic one, and answers in whole milliseconds.
  private func answer(of difference: Int64, readAt: Int64) -> Timestamp {
    Timestamp(milliseconds: (readAt + difference) / 1000)
  }

  private func instant(_ microseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(microseconds: microseconds)
  }

  @Test func clockConvergesWithoutRunningAhead() {
    let difference: Int64 = 1_800_000_000_000_000
    let clock = StoreClock(wall: answer(of: difference, readAt: 100), receivedAt: instant(40_000))
    var worst: Int64 = 0
    for round in 1...50 {
      let sentAt = MonotonicInstant(microseconds: Int64(round * 1_000_000 + round * 37 % 1000))
      let receivedAt = sentAt + .microseconds(300)
      clock.update(
        answer(of: difference, readAt: sentAt.microseconds + 150), sentAt: sentAt, receivedAt: receivedAt)
      let behind = receivedAt.microseconds + difference - clock.moment(at: receivedAt).storeMicroseconds
      #expect(behind >= 0)
      if round > 5 { worst = max(worst, behind) }
    }
    #expect(worst <= 1500)
  }

  @Test(arguments: [.min, -1, 0, .max] as [Int64])
  func extremeTimesAreAccepted(milliseconds: Int64) {
    let wall = Timestamp(milliseconds: milliseconds)
    let clock = StoreClock(wall: wall, receivedAt: instant(5_000_000))
    for receivedAt in [5_000_000, 6_000_000].map(MonotonicInstant.init(microseconds:)) {
      clock.update(wall, sentAt: receivedAt - .milliseconds(1), receivedAt: receivedAt)
      let nearest = min(max(-(1 << 53), milliseconds), 1 << 53)
      let shown = clock.moment(at: receivedAt).store.milliseconds
      #expect((nearest - 2...nearest + 1).contains(shown))
    }
  }

  @Test func slowReplyDoesNotWorsenClock() {
    let clock = StoreClock(wall: Timestamp(milliseconds: 1000), receivedAt: instant(0))
    clock.update(
      Timestamp(milliseconds: 1001), sentAt: instant(1000), receivedAt: instant(500_000))
    #expect(clock.moment(at: instant(500_000)).storeMicroseconds >= 1_499_000)
  }

  @Test func clockStepsAreFollowed() {
    let clock = StoreClock(wall: Timestamp(milliseconds: 10_000_000), receivedAt: instant(0))
    clock.update(
      Timestamp(milliseconds: 13_601_000), sentAt: instant(999_900), receivedAt: instant(1_000_100))
    #expect(clock.moment(at: instant(1_000_100)).store == Timestamp(milliseconds: 13_601_000))
    clock.update(
      Timestamp(milliseconds: 10_002_000), sentAt: instant(1_999_900), receivedAt: instant(2_000_100))
    #expect(clock.moment(at: instant(2_000_100)).store == Timestamp(milliseconds: 10_002_000))
  }

  @Test func clockFallsBehindWithoutReplies() {
    let clock = StoreClock(wall: Timestamp(milliseconds: 0), receivedAt: instant(0))
    #expect(clock.moment(at: instant(10_000_000)).storeMicroseconds == 9_995_000)
  }
}
