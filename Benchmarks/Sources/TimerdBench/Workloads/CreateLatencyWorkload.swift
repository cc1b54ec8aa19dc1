/// Durable creations in closed loops of few and of many connections, each beside inserts by as many clients.
struct CreateLatencyWorkload: Workload {
  let name = "create-latency"
  private static let connections = [1, 4, 16, 64]

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let site = try bench.site()
    defer { site.stop() }
    var created = 0
    _ = try run(bench.scaled(10_000), connections: 64, &created, on: site, bench)
    for connections in Self.connections {
      let title = "\(name) \(connections)"
      let limit = try InsertLimit.perSecond(bench, clients: connections)
      let count = bench.scaled(2_000 + 600 * connections)
      let load = try run(count, connections: connections, &created, on: site, bench)
      bench.report.add("\(title): pgbench's single inserts", limit, "/s")
      bench.report.add("\(title): creations", load.perSecond, "/s")
      bench.report.add("\(title): of pgbench's single inserts", load.perSecond / limit, "×")
      bench.report.add("\(title): latency", load.milliseconds)
      bench.report.add(
        "\(title): pgbench's mean latency", 1000 * Double(connections) / limit, "ms", isCost: true)
    }
  }

  private func run(
    _ count: Int, connections: Int, _ created: inout Int, on site: Site, _ bench: Bench
  ) throws -> Load {
    var load = Load(
      count: count, dueAt: Bench.nowMilliseconds() + 86_400_000, connections: connections, first: created,
      randomIDs: bench.options.randomIDs)
    created += count
    try load.run(on: site.timerd, receiver: bench.receiver)
    return load
  }
}
