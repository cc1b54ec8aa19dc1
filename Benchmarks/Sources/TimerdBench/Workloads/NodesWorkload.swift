/// Two nodes on one store and index, beside one: creating with half of the connections to each, and a backlog that both fire.
struct NodesWorkload: Workload {
  let name = "nodes"

  mutating func round(_ number: Int, _ bench: Bench) throws {
    for nodes in 1...2 { try measure(nodes, bench) }
  }

  private func measure(_ nodes: Int, _ bench: Bench) throws {
    let name = nodes == 1 ? "one node" : "two nodes"
    let site = try bench.site()
    defer { site.stop() }
    if nodes == 2 { try bench.join(site) }
    let count = bench.scaled(50_000)
    bench.receiver.expect(count)
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 4_000
    var load = Load(count: count, dueAt: dueAt, randomIDs: bench.options.randomIDs)
    try bench.measuringCPU("\(name), creating", count, on: site) {
      try load.run(on: site.timerd, and: site.second, receiver: bench.receiver)
    }
    bench.report.add("\(name): creations", load.perSecond, "/s")
    bench.report.add("\(name): creating, latency", load.milliseconds)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for \(name)")
    }
    let (_, perSecond) = try bench.firing(name, cpu: "\(name), firing", load, on: site)
    bench.report.add("\(name): delivered and settled", perSecond, "/s")
  }
}
