/// Creations and firings at the same time, 1,500 per second of each, from a fixed schedule: a slow answer does not slow the load.
struct OpenLoopWorkload: Workload {
  let name = "open-loop"

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let site = try bench.site()
    defer { site.stop() }
    let run = try SteadyRun(name, seconds: bench.seconds(minutes: 1), on: site, bench)
    try bench.measuringCPU(name, run.load.count, on: site) { try run.finish() }
    run.report(name, in: run.both)
  }
}
