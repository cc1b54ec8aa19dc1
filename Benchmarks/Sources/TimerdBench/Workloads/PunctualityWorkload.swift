/// Timers that are due evenly, so many per second for 20 seconds.
struct PunctualityWorkload: Workload {
  let perSecond: Int
  var name: String { "punctuality \(perSecond)/s" }

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let count = perSecond * (bench.options.isQuick ? 3 : 20)
    let site = try bench.site()
    defer { site.timerd.stop() }
    bench.receiver.expect(count)
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 3_000
    var load = Load(
      count: count, dueAt: dueAt, duePerSecond: Double(perSecond), randomIDs: bench.options.randomIDs)
    try load.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for \(name)")
    }
    var lateness = Percentiles([])
    try bench.measuringCPU(name, count, on: site) {
      lateness = try bench.arrivals(of: load, within: 20, name)
    }
    bench.report.add("\(name): lateness", lateness)
    // What the service itself says, of a sample.
    let said = try stride(from: 0, to: count, by: max(1, count / 2_000)).compactMap { index in
      try site.timerd.timer(load.id(index))["latenessMilliseconds"] as? Double
    }
    bench.report.add("\(name): latenessMilliseconds", Percentiles(said))
  }
}
