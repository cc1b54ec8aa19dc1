import Testing
import TimerModel

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("30s", 30_000), ("1m30s", 90_000), ("250ms", 250), ("1d", 86_400_000), ("1h1ms", 3_600_001), ("0s", 0),
  ])
  func readsDurations(text: String, milliseconds: Int64) {
    #expect(Duration(text: text) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "s", "30", "-1s", "1.5s", "30s1m", "1s1s", "1x", "99999999999999999999s", "1 s", "٣s",
  ])
  func refusesInvalidDurations(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test func durationsRoundTrip() {
    for text in ["30s", "1m30s", "250ms", "1d", "1h1ms", "0s"] { #expect(Duration(text: text)?.text == text) }
  }
}
