import Testing
import TimerModel

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1),
    ("2000-02-29T12:00:00+01:00", 951_822_000_000),
    ("2026-11-23T15:30:00.5z", 1_795_447_800_500), ("2026-11-23t15:30:00-00:00", 1_795_447_800_000),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("1969-12-31T23:59:59.999Z", -1),
    ("2026-11-23T15:30:00.0001Z", 1_795_447_800_001), ("2026-11-23T15:30:00.9999Z", 1_795_447_801_000),
  ])
  func readsRFC3339(text: String, milliseconds: Int64) throws {
    #expect(try Timestamp(rfc3339: text).milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23T15:30Z", "2026-11-23 15:30:00Z", "2026-11-23T15:30:00",
    "26-11-23T15:30:00Z",
    "2026-11-23T15:30:00.Z", "2026-11-23T15:30:00Zx", "2026-11-23T15:30:00+0100", "+026-11-23T15:30:00Z",
  ])
  func refusesOtherForms(text: String) {
    #expect(throws: Timestamp.ParseError.malformed) { try Timestamp(rfc3339: text) }
  }

  @Test(arguments: [
    ("2026-13-01T00:00:00Z", "month"), ("2026-00-01T00:00:00Z", "month"), ("2026-02-29T00:00:00Z", "day"),
    ("1900-02-29T00:00:00Z", "day"), ("2026-04-31T00:00:00Z", "day"), ("2026-01-01T24:00:00Z", "hour"),
    ("2026-01-01T00:60:00Z", "minute"), ("2026-01-01T00:00:61Z", "second"),
    ("2026-01-01T00:00:00+24:00", "offset"),
  ])
  func namesOutOfRangeFields(text: String, part: String) {
    #expect(throws: Timestamp.ParseError.outOfRange(part)) { try Timestamp(rfc3339: text) }
  }

  @Test func timestampsRoundTrip() throws {
    for text in ["2026-11-23T15:30:00.123Z", "2000-02-29T00:00:00.000Z", "1970-01-01T00:00:00.000Z"] {
      #expect(try Timestamp(rfc3339: text).rfc3339 == text)
    }
  }
}
