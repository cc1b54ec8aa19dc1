import Delivery
import Testing
import TimerModel

/// Receivers that stand still, are slow or never answer, and the timers for them and for others.
@Suite struct SlowReceiverTests {
  private static let start: Int64 = 1_000_000

  /// Answers within a millisecond, but for a stall: what is there or arrives while it lasts is answered at its end.
  private static func stalling(at stall: Range<Int64>) -> LoadModel.Receiver {
    { _, time in
      if stall.contains(time) || stall.contains(time + 1000) { return stall.upperBound - time + 1000 }
      return 1000
    }
  }

  @Test(
    arguments: [200, 500, 1000, 3000, 8000])
  func latenessIsBoundedByStall(milliseconds: Int64) {
    let from: Int64 = 3_000_000
    let model = LoadModel(receiver: Self.stalling(at: from..<(from + milliseconds * 1000)))
    let seconds = Double(milliseconds) / 1000 + 3
    model.run(
      [LoadModel.Load(url: "http://stalls/", perSecond: 1000, seconds: seconds)], seconds: seconds + 3)
    let late = model.late("http://stalls/")
    print("stall of \(milliseconds) ms: \(late), \(model.claims) claims, released \(model.releases)")
    #expect(late.max <= milliseconds + 250)
    #expect(model.undelivered == 0)
    #expect(model.attempts == late.count, "none is attempted twice")
    #expect(late.count == Int(1000 * seconds))
  }

  @Test func stallsDoNotAddUp() {
    // It stands still for half of each second, and is quick enough in the other half.
    let model = LoadModel { _, time in
      let phase = time % 1_000_000
      return phase >= 500_000 || phase + 1000 >= 500_000 ? 1_001_000 - phase : 1000
    }
    model.run([LoadModel.Load(url: "http://stalls/", perSecond: 1000, seconds: 10)], seconds: 14)
    print("stalls in a row: \(model.late("http://stalls/")), \(model.claims) claims")
    #expect(model.late("http://stalls/").max <= 750)
    #expect(model.undelivered == 0)
  }

  @Test func slowReceiverIsServedInOrder() {
    let model = LoadModel { _, _ in 200_000 }
    model.run([LoadModel.Load(url: "http://slow/", perSecond: 1000, seconds: 15)], seconds: 30)
    let late = model.late("http://slow/")
    print(
      "1,000/s to a receiver that takes 640/s: \(late), \(model.claims) claims, released \(model.releases)")
    // 15,000 at 640 a second take 8.44 s longer than they arrive.
    #expect(late.max <= 8440 * 13 / 10)
    #expect(model.undelivered == 0)
    #expect(model.attempts == 15_000)
    // In the order of their times, or nearly so: nobody waits much longer than the one before.
    let lateness = model.lateness["http://slow/"] ?? []
    #expect(zip(lateness, lateness.dropFirst()).allSatisfy { abs($1 - $0) <= 1500 })
  }

  @Test func nodePauseDoesNotStallReceivers() {
    let pause: Range<Int64> = 3_000_000..<4_000_000
    let model = LoadModel(pause: pause) { _, _ in 1000 }
    model.run([LoadModel.Load(url: "http://fine/", perSecond: 1000, seconds: 5)], seconds: 9)
    print("a pause of the node: \(model.late("http://fine/")), released \(model.releases)")
    #expect(model.releases["the receiver is silent"] == nil)
    #expect(model.late("http://fine/").max <= 1250)
    #expect(model.undelivered == 0)
  }

  @Test func hangingReceiversDelayNoOthers() {
    let hanging = (0..<200).map { LoadModel.Load(url: "http://hangs-\($0)/", perSecond: 10, seconds: 8) }
    let good = (0..<5).map { LoadModel.Load(url: "http://good-\($0)/", perSecond: 40, seconds: 8) }
    let model = LoadModel { url, _ in url.hasPrefix("http://hangs") ? nil : 2000 }
    model.run(hanging + good, seconds: 10)
    for load in good {
      #expect(model.late(load.url).p99 <= 5)
      #expect(model.late(load.url).count == 320)
    }
    print(
      "beside 200 that hang: \(good.map { model.late($0.url).max }), \(model.claims) claims, \(model.releases)"
    )
  }

  @Test func largePayloadsDelayNoOthers() {
    let hanging = (0..<20).map {
      LoadModel.Load(url: "http://hangs-\($0)/", perSecond: 20, seconds: 5, payloadBytes: 256 << 10)
    }
    let good = LoadModel.Load(url: "http://good/", perSecond: 100, seconds: 5)
    let model = LoadModel { url, _ in url.hasPrefix("http://hangs") ? nil : 2000 }
    model.run(hanging + [good], seconds: 7)
    print("beside large ones: \(model.late(good.url)), \(model.claims) claims, \(model.releases)")
    #expect(model.late(good.url).p99 <= 5)
    #expect(model.late(good.url).count == 500)
  }
}
