import Testing
import TimerModel

/// Ids of firings: each is another's.
@Suite struct FiringIDTests {
  @Test func idsThatAreDrawnAtTheSameTimeAreAllDifferent() async {
    let drawn = await withTaskGroup(of: [FiringID].self) { group in
      for _ in 0..<8 { group.addTask { (0..<5000).map { _ in FiringID.random() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(drawn).count == 40_000)
    // No half of one is in another either.
    #expect(Set(drawn.flatMap { [$0.high, $0.low] }).count == 80_000)
  }
}
