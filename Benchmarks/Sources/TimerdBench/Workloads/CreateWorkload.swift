/// Durable creations over HTTP in a closed loop of 64 connections, due tomorrow.
struct CreateWorkload: Workload {
  let name = "create"
  private var site: Site?
  private var created = 0

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let site = try site ?? bench.site()
    if self.site == nil {
      self.site = site
      try run(bench.scaled(10_000), on: site, bench, nil)
    }
    let limit = try InsertLimit.perSecond(bench)
    bench.report.add("create: pgbench's single inserts", limit, "/s")
    try run(bench.scaled(60_000), on: site, bench, limit)
  }

  private mutating func run(_ count: Int, on site: Site, _ bench: Bench, _ limit: Double?) throws {
    let tomorrow = Bench.nowMilliseconds() + 86_400_000
    var load = Load(count: count, dueAt: tomorrow, first: created, randomIDs: bench.options.randomIDs)
    created += count
    guard let limit else { return try load.run(on: site.timerd, receiver: bench.receiver) }
    try bench.measuringCPU(name, count, on: site) { try load.run(on: site.timerd, receiver: bench.receiver) }
    bench.report.add(
      "create: CPU of client per 100,000", load.cpuSeconds * 1e5 / Double(count), "s", isCost: true)
    bench.report.add(
      "create: the client's own ceiling, one thread", Double(count) / load.cpuSeconds, "/s")
    bench.report.add("create: durable creations", load.perSecond, "/s")
    bench.report.add("create: of pgbench's single inserts", load.perSecond / limit, "×")
    bench.report.add("create: latency", load.milliseconds)
  }
}
