/// 50,000 timers that are due at one instant.
struct BacklogWorkload: Workload {
  let name = "backlog"

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let limit = try bench.receiver.limit(posts: bench.scaled(200_000))
    bench.report.add("backlog: libcurl multi, one thread", limit.perSecond, "/s")
    bench.report.add("backlog: CPU of libcurl multi per 100,000", limit.curl, "s", isCost: true)
    bench.report.add("backlog: the receiver's own ceiling, one thread", 100_000 / limit.receiver, "/s")
    let count = bench.scaled(50_000)
    let site = try bench.site()
    defer { site.timerd.stop() }
    bench.receiver.expect(count)
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 4_000
    var load = Load(count: count, dueAt: dueAt, randomIDs: bench.options.randomIDs)
    try load.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for a backlog")
    }
    let (lateness, rate) = try bench.firing(name, cpu: name, load, on: site)
    bench.report.add("backlog: delivered and settled", rate, "/s")
    bench.report.add("backlog: of libcurl multi", rate / limit.perSecond, "×")
    bench.report.add("backlog: lateness", lateness)
    bench.report.add("backlog: last arrival after", lateness.highest, "ms", isCost: true)
  }
}
