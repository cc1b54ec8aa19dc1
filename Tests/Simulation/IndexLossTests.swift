import Testing

/// The lateness of timers on three nodes whose index fails, forgets or hangs under load.
@Suite struct IndexLossModelTests {
  @Test(arguments: IndexLossModel.Trouble.allCases)
  func latenessStaysBelowOneSecond(trouble: IndexLossModel.Trouble) {
    let model = IndexLossModel()
    model.run(trouble)
    let sorted = model.latenesses.values.sorted()
    print(
      "index \(trouble): p50 \(sorted[sorted.count / 2]), p99 \(sorted[sorted.count * 99 / 100]), max \(sorted.last ?? 0) ms"
    )
    #expect(model.latenesses.count == IndexLossModel.count)
    #expect(model.copies == 0)
    #expect(sorted.last ?? .max <= 1000)
  }
}
