/// Durable creations by requests for 100 timers each, in a closed loop, due tomorrow.
struct BatchCreateWorkload: Workload {
  let name = "batch-create"
  private static let batch = 100
  /// They have at most 3,200 timers in flight, below the limit of the service's queue.
  private static let connections = 32

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let site = try bench.site()
    defer { site.stop() }
    let warmup = bench.scaled(20_000)
    var first = creations(warmup, first: 0, bench)
    try first.run(on: site.timerd, receiver: bench.receiver)
    let limit = try InsertLimit.perSecond(bench)
    bench.report.add("\(name): pgbench's single inserts", limit, "/s")
    let count = bench.scaled(200_000)
    var load = creations(count, first: warmup, bench)
    try bench.measuringCPU(name, count, on: site) {
      try load.run(on: site.timerd, receiver: bench.receiver)
    }
    bench.report.add(
      "\(name): CPU of client per 100,000", load.cpuSeconds * 1e5 / Double(count), "s", isCost: true)
    bench.report.add("\(name): acknowledged timers", load.perSecond, "/s")
    bench.report.add("\(name): of pgbench's single inserts", load.perSecond / limit, "×")
    bench.report.add("\(name): latency of a request", load.milliseconds)
  }

  private func creations(_ count: Int, first: Int, _ bench: Bench) -> Load {
    Load(
      count: count, dueAt: Bench.nowMilliseconds() + 86_400_000, connections: Self.connections, first: first,
      randomIDs: bench.options.randomIDs, batch: Self.batch)
  }
}
