/// Creating and firing 20,000 timers while others are pending.
struct GrowthWorkload: Workload {
  let name = "growth"

  mutating func round(_ number: Int, _ bench: Bench) throws {
    for pending in bench.options.pending { try measure(pending, bench) }
    guard let smallest = bench.options.pending.first else { return }
    for pending in bench.options.pending.dropFirst() {
      for what in ["creations", "delivered and settled"] {
        let rates = [pending, smallest].map { pending in
          bench.report.figures.first { $0.name == "growth \(pending): \(what)" }?.values.last ?? .nan
        }
        bench.report.add("growth \(pending): \(what), of those with \(smallest)", rates[0] / rates[1], "×")
      }
    }
  }

  private func measure(_ pending: Int, _ bench: Bench) throws {
    let store = try PendingTimers.store(pending, bench)
    // Those that an earlier round has fired.
    try store.remove(group: "bench")
    try store.writeBack()
    let site = try bench.site(on: store.site)
    defer { site.timerd.stop() }
    let count = bench.scaled(20_000)
    bench.receiver.expect(count)
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 3_000
    var load = Load(count: count, dueAt: dueAt, randomIDs: bench.options.randomIDs)
    let name = "growth \(pending)"
    try bench.measuringCPU("\(name), creating", count, on: site) {
      try load.run(on: site.timerd, receiver: bench.receiver)
    }
    bench.report.add("\(name): creations", load.perSecond, "/s")
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for \(name)")
    }
    let (_, perSecond) = try bench.firing(name, cpu: "\(name), firing", load, on: site)
    bench.report.add("\(name): delivered and settled", perSecond, "/s")
  }
}
