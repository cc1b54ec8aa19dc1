import StepRunner
import Testing
import TimerModel

@Suite struct StoreClockTests {
  /// A store whose clock is `difference` microseconds ahead of the monotonic one, and answers in whole milliseconds.
  private func answer(of difference: Int64, readAt: Int64) -> Timestamp {
    Timestamp(milliseconds: (readAt + difference) / 1000)
  }

  @Test func clockConvergesWithoutRunningAhead() {
    let difference: Int64 = 1_800_000_000_000_000
    let clock = StoreClock(wall: answer(of: difference, readAt: 100), receivedAtMonotonicMicroseconds: 40_000)
    var worst: Int64 = 0
    for round in 1...50 {
      let sentAt = Int64(round) * 1_000_000 + Int64(round * 37 % 1000)
      let receivedAt = sentAt + 300
      clock.update(
        answer(of: difference, readAt: sentAt + 150), sentAtMonotonicMicroseconds: sentAt,
        receivedAtMonotonicMicroseconds: receivedAt)
      let behind = receivedAt + difference - clock.moment(at: receivedAt).storeMicroseconds
      #expect(behind >= 0)
      if round > 5 { worst = max(worst, behind) }
    }
    #expect(worst <= 1500)
  }

  @Test(arguments: [.min, -1, 0, .max] as [Int64])
  func extremeTimesAreAccepted(milliseconds: Int64) {
    let wall = Timestamp(milliseconds: milliseconds)
    let clock = StoreClock(wall: wall, receivedAtMonotonicMicroseconds: 5_000_000)
    for receivedAt in [5_000_000, 6_000_000] as [Int64] {
      clock.update(
        wall, sentAtMonotonicMicroseconds: receivedAt - 1000, receivedAtMonotonicMicroseconds: receivedAt)
      let nearest = min(max(-(1 << 53), milliseconds), 1 << 53)
      let shown = clock.moment(at: receivedAt).store.milliseconds
      #expect((nearest - 2...nearest + 1).contains(shown))
    }
  }

  @Test func slowReplyDoesNotWorsenClock() {
    let clock = StoreClock(wall: Timestamp(milliseconds: 1000), receivedAtMonotonicMicroseconds: 0)
    clock.update(
      Timestamp(milliseconds: 1001), sentAtMonotonicMicroseconds: 1000,
      receivedAtMonotonicMicroseconds: 500_000)
    #expect(clock.moment(at: 500_000).storeMicroseconds >= 1_499_000)
  }

  @Test func clockStepsAreFollowed() {
    let clock = StoreClock(wall: Timestamp(milliseconds: 10_000_000), receivedAtMonotonicMicroseconds: 0)
    clock.update(
      Timestamp(milliseconds: 13_601_000), sentAtMonotonicMicroseconds: 999_900,
      receivedAtMonotonicMicroseconds: 1_000_100)
    #expect(clock.moment(at: 1_000_100).store == Timestamp(milliseconds: 13_601_000))
    clock.update(
      Timestamp(milliseconds: 10_002_000), sentAtMonotonicMicroseconds: 1_999_900,
      receivedAtMonotonicMicroseconds: 2_000_100)
    #expect(clock.moment(at: 2_000_100).store == Timestamp(milliseconds: 10_002_000))
  }

  @Test func clockFallsBehindWithoutReplies() {
    let clock = StoreClock(wall: Timestamp(milliseconds: 0), receivedAtMonotonicMicroseconds: 0)
    #expect(clock.moment(at: 10_000_000).storeMicroseconds == 9_995_000)
  }
}
