import Testing
import TimerModel

/// Forms that stores keep and receivers see: a change here would be a change of data.
@Suite struct StoredFormTests {
  /// Computed by hand from FNV-1a of the group, a zero byte and the id, folded once.
  @Test(arguments: [
    ("orders", "o-17", 41), ("orders", "o-18", 20), ("", "", 19), ("a/b", "c", 44), ("a", "b/c", 16),
    ("gruppe", "ü", 27),
  ])
  func shardsAreStable(group: String, id: String, shard: Int) {
    #expect(Shard.of(TimerKey(groupID: group, timerID: id), count: 64) == shard)
  }

  @Test func timersSpreadEvenly() {
    var counts = [Int](repeating: 0, count: 64)
    for number in 0..<64_000 {
      counts[Shard.of(TimerKey(groupID: "g", timerID: "t\(number)"), count: 64)] += 1
    }
    #expect(counts.allSatisfy { (850...1150).contains($0) }, "\(counts)")
  }

  @Test func wordsAreStable() {
    #expect(
      AttemptRecord.Result.allCases.map(\.rawValue) == [
        "delivered", "rescheduled", "failed", "refused", "released", "lost",
      ])
    #expect(
      Settlement.Ending.Kind.allCases.map(\.rawValue) == [
        "delivered", "retry", "dead", "rescheduled", "released",
      ])
  }

  @Test func firingIDKeepsLeadingZeros() {
    let id = FiringID(high: 1, low: 0xabc)
    #expect(id.description == "00000000000000010000000000000abc")
    #expect(FiringID("00000000000000010000000000000abc") == id)
  }

  @Test(arguments: [
    "", "0000000000000001000000000000abc", "+0000000000000010000000000000abc",
    "00000000-0000010000000000000abcd",
  ])
  func invalidFiringIDsAreRejected(text: String) { #expect(FiringID(text) == nil) }
}
