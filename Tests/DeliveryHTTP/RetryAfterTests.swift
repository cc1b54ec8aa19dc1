import Testing
import TimerModel

@testable import DeliveryHTTP

/// `Retry-After` by RFC 9110, sections 10.2.3 and 5.6.7, at 2026-11-23T15:30:00Z.
@Suite struct RetryAfterTests {
  private static let now = Timestamp(milliseconds: 1_795_447_800_000)

  @Test(
    arguments: [
      ("120", 120_000), (" 0 ", 0), ("0", 0), ("00000000000000000000007", 7000), ("1.5", 1500),
      ("1.0000", 1000),
      ("0.0001", 1), ("1.9999", 2000), ("\t5\r\n", 5000), ("5,10", 5000), ("5, 10", 5000), ("1.5, 3", 1500),
      ("999999999999999999999999999999", 1_000_000_000_000), ("9223372036854775807", 1_000_000_000_000),
      ("9223372036854775807.999999999", 1_000_000_001_000),
    ] as [(String, Int64)])
  func readsDelays(text: String, milliseconds: Int64) {
    #expect(Self.parse(text) == .delay(.milliseconds(milliseconds)))
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
    ("Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37Z"),
    // More than fifty years ahead is the century before.
    ("Sunday, 06-Nov-76 08:49:37 GMT", "2076-11-06T08:49:37Z"),
    ("Sunday, 06-Dec-76 08:49:37 GMT", "1976-12-06T08:49:37Z"),
    ("Sunday, 06-Nov-77 08:49:37 GMT", "1977-11-06T08:49:37Z"),
    ("Thursday, 29-Feb-28 00:00:00 GMT", "2028-02-29T00:00:00Z"),
    ("Saturday, 01-Jan-00 00:00:00 GMT", "2000-01-01T00:00:00Z"),
    // Which day of the week it claims to be is not looked at.
    ("Mon, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z"),
    ("Sat, 01 Jan 0000 00:00:00 GMT", "0000-01-01T00:00:00Z"),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"),
    ("Sun, 06 Nov 1994 08:49:37 GMT, Mon, 07 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Thu, 29 Feb 2024 08:49:37 GMT", "2024-02-29T08:49:37Z"),
    ("Tue, 29 Feb 2000 08:49:37 GMT", "2000-02-29T08:49:37Z"),
  ])
  func readsDates(text: String, instant: String) throws {
    #expect(Self.parse(text) == .date(try Timestamp(rfc3339: instant)))
  }

  @Test(arguments: [
    "", " ", ",", "-1", "+5", "soon", "1e3", ".5", "5.", "1.5.2", "0x10", "5 s", "\u{0665}", "\u{fffd}",

    "Sun, 06 Nov 999999999999 08:49:37 GMT", "Sun, 06 Nov 99999999999999999999999 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06 Nov 94 08:49:37 GMT",
    "Sun, 99 Foo 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 30 Feb 2024 08:49:37 GMT",
    "Sun, 29 Feb 2023 08:49:37 GMT", "Thu, 29 Feb 1900 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov -994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 GMTx",
    "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun", "Sun,", "Sunday, ", "Sun Nov 6 08:49:37 1994",
    "Sun Nov  6 08:49:37 19941",
    "Sund, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z",
  ])
  func ignoresInvalidValues(text: String) { #expect(Self.parse(text) == nil) }

  @Test func survivesExtremeClocks() {
    for now in [Timestamp(milliseconds: .min), Timestamp(milliseconds: 0), Timestamp(milliseconds: .max)] {
      _ = RetryAfterHeader.parse("Sunday, 06-Nov-94 08:49:37 GMT", now: now)
      _ = RetryAfterHeader.parse("9223372036854775807", now: now)
    }
  }

  @Test func survivesTruncationAndByteChanges() {
    let texts = [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
      "12.345,6",
    ]
    for text in texts {
      let bytes = Array(text.utf8)
      for index in bytes.indices {
        _ = Self.parse(String(decoding: bytes[..<index], as: UTF8.self))
        for byte in [0, 9, 32, 43, 44, 45, 46, 48, 57, 58, 97, 128, 255] as [UInt8] {
          var changed = bytes
          changed[index] = byte
          _ = Self.parse(String(decoding: changed, as: UTF8.self))
        }
      }
    }
  }

  private static func parse(_ text: String) -> AttemptOutcome.RetryAfter? {
    RetryAfterHeader.parse(text, now: now)
  }
}
