/// 50,000 timers that are due at one instant.
struct BacklogWorkload: Workload {
  let name = "backlog"

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let limit = try bench.receiver.limit(posts: bench.scaled(200_000))
    bench.report.add("backlog: libcurl multi, one thread", limit.perSecond, "/s")
    bench.report.add("backlog: CPU of libcurl multi per 100,000", limit.curl, "s", isCost: true)
    let count = bench.scaled(50_000)
    let site = try bench.site()
    defer { site.timerd.stop() }
    bench.receiver.expect(count)
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 4_000
    var load = Load(count: count, dueAt: dueAt, randomIDs: bench.options.randomIDs)
    try load.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchProblem("creating took too long for a backlog")
    }
    var settledAt = 0.0
    var lateness = Percentiles([])
    try bench.measuringCPU(name, count, on: site) {
      lateness = try bench.arrivals(of: load, within: 60, name)
      settledAt = try site.lastSettled(load, receiver: bench.receiver)
    }
    let rate = Double(count) / (settledAt - Double(dueAt)) * 1000
    bench.report.add("backlog: delivered and settled", rate, "/s")
    bench.report.add("backlog: of libcurl multi", rate / limit.perSecond, "×")
    bench.report.add("backlog: last arrival after", lateness.highest, "ms", isCost: true)
  }
}
