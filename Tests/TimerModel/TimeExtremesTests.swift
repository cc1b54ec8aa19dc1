import Testing
import TimerModel

/// Times and durations from outside may be any that their types hold: sums of them end at the limits of the types.
@Suite struct TimeExtremesTests {
  private static let instants = [
    Int64.min, .min + 1, -62_167_219_200_001, -1, 0, 1, 253_402_300_800_000, .max - 1, .max,
  ]
  private static let durations: [Duration] =
    instants.map { .milliseconds($0) } + [
      .seconds(Int64.min), .seconds(Int64.max), .nanoseconds(-1), .nanoseconds(1),
    ]

  @Test(arguments: instants, durations)
  func sumsSaturate(milliseconds: Int64, duration: Duration) {
    let instant = Timestamp(milliseconds: milliseconds)
    let (length, wide) = (duration.millisecondsRoundedUp, Int128(milliseconds))
    #expect(Int128((instant + duration).milliseconds) == clamped(wide + Int128(length)))
    #expect(Int128((instant - duration).milliseconds) == clamped(wide - Int128(length)))
    #expect(
      Int128(Timestamp.millisecondsBetween(instant, Timestamp(milliseconds: length)))
        == clamped(Int128(length) - wide))
  }

  @Test(arguments: instants, instants)
  func deadlinesSaturate(store: Int64, monotonic: Int64) {
    let now = Moment(storeMicroseconds: store, monotonic: MonotonicInstant(microseconds: monotonic))
    for instant in Self.instants {
      let untilThen = clamped(clamped(Int128(instant) * 1000) - Int128(store))
      #expect(
        Int128(now.monotonic(at: Timestamp(milliseconds: instant)).microseconds)
          == clamped(Int128(monotonic) + untilThen))
    }
    for duration in Self.durations {
      #expect(
        Int128((now.monotonic + duration).microseconds)
          == clamped(Int128(monotonic) + Int128(duration.microseconds)))
      #expect(
        Int128((now.monotonic - duration).microseconds)
          == clamped(Int128(monotonic) - Int128(duration.microseconds)))
      #expect(duration.certainLeaseMicroseconds <= max(duration.microseconds, 0) || duration < .zero)
    }
    let other = MonotonicInstant(microseconds: store)
    #expect(Int128(now.monotonic.microseconds(since: other)) == clamped(Int128(monotonic) - Int128(store)))
    #expect(now.store.milliseconds == store / 1000 - (store % 1000 < 0 ? 1 : 0))
  }

  @Test(arguments: [
    (Duration.seconds(Int64.max), Int64.max, Int64.max), (.seconds(Int64.min), .min, .min),
    (.milliseconds(Int64.max), .max, .max), (.nanoseconds(1), 1, 0), (.nanoseconds(-1), 0, 0),
    (.microseconds(-1500), -1, -1500), (.microseconds(1500), 2, 1500),
  ])
  func durationsConvertToIntegers(duration: Duration, milliseconds: Int64, microseconds: Int64) {
    #expect(duration.millisecondsRoundedUp == milliseconds)
    #expect(duration.microseconds == microseconds)
  }

  @Test(arguments: [
    (Int64.min, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"),
    (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (253_402_300_800_000, "9999-12-31T23:59:59.999Z"),
    (.max, "9999-12-31T23:59:59.999Z"),
  ])
  func extremeInstantsAreWritten(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
  }

  @Test(arguments: [
    "2016-12-31T23:59:60Z", "2016-12-31T18:59:60-05:00", "2017-01-01T05:29:60+05:30", "2015-06-30T23:59:60Z",
    "2027-01-31T23:59:60Z", "2028-02-29T23:59:60.5Z", "2028-02-28T23:59:60Z", "9999-12-31T23:59:60Z",
    "2026-11-23T12:30:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T22:59:60Z", "2016-12-30T23:59:60Z",
    "2016-12-31T23:58:60Z", "2016-12-31T23:59:61Z", "2017-01-01T00:00:60Z", "2027-02-28T23:59:60Z",
    "0000-01-01T00:00:60+00:01",
  ])
  func leapSecondsOccurAtMonthEnd(text: String) throws {
    let ends: Set<String> = [
      "2016-12-31T23:59:60Z", "2016-12-31T18:59:60-05:00", "2017-01-01T05:29:60+05:30",
      "2015-06-30T23:59:60Z", "2027-01-31T23:59:60Z", "2028-02-29T23:59:60.5Z", "9999-12-31T23:59:60Z",
      "2027-02-28T23:59:60Z", "0000-01-01T00:00:60+00:01",
    ]
    if ends.contains(text) {
      let before = try Timestamp(rfc3339: text.replacing(":60", with: ":59"))
      #expect(try Timestamp(rfc3339: text) == before + .seconds(1))
    } else {
      #expect(throws: Timestamp.ParseError.outOfRange("second")) { try Timestamp(rfc3339: text) }
    }
  }

  @Test(arguments: [
    ("2026-11-23T15:30:00.\(String(repeating: "0", count: 29))1Z", "2026-11-23T15:30:00.001Z"),
    ("2026-12-31T23:59:59.9991+00:00", "2027-01-01T00:00:00.000Z"),
    ("9999-12-31T23:59:59.99999Z", "9999-12-31T23:59:59.999Z"),
    ("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00.000Z"),
    ("0000-02-29T00:00:00-00:00", "0000-02-29T00:00:00.000Z"),
  ])
  func oddTimesAreRead(text: String, same: String) throws {
    #expect(try Timestamp(rfc3339: text).rfc3339 == same)
  }

  @Test(arguments: [0.0, -1, .infinity, -.infinity, .nan, 1.5])
  func backoffAcceptsExtremePolicies(multiplier: Double) {
    for interval in Self.durations {
      let policy = RetryPolicy(
        maxAttempts: .max, maxAttemptsDuration: interval, initialInterval: interval,
        backoffMultiplier: multiplier, maxInterval: interval)
      var generator = SystemRandomNumberGenerator()
      for attempt in [Int.min, 0, 1, 2, .max] {
        #expect(policy.backoff(afterAttempt: attempt, using: &generator) >= .zero)
      }
    }
  }

  private func clamped(_ value: Int128) -> Int128 { min(max(value, Int128(Int64.min)), Int128(Int64.max)) }
}
