/// A steady load for an hour, with ended timers purged, and the store's sizes in each minute.
struct SoakWorkload: Workload {
  let name = "soak"
  let isLong = true
  /// A store that has settled may grow by this share and is still flat.
  private static let tolerance = 0.05

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let seconds = bench.seconds(minutes: 60)
    let retention = max(60, seconds / 12)
    let site = try bench.site(more: ["--retention", "\(Int(retention))s", "--purge-interval", "5s"])
    defer { site.stop() }
    let run = try SteadyRun(name, seconds: seconds, on: site, bench)
    var history = try StoreHistory(site)
    try bench.measuringCPU(name, run.load.count, on: site) {
      try history.watch(run, until: seconds)
      try run.finish()
    }
    run.report(name, in: run.both)
    // Ten minutes of an hour. A shorter run needs a larger share of its time until timers are purged as fast as they end.
    let settled = max(seconds / 6, min(seconds / 2, retention + 30))
    history.report("\(name), settled", in: settled..<seconds, run, bench)
    reportGrowth(history, settled..<seconds, bench)
    run.reportSeries(bench)
    history.reportSeries(name, bench)
  }

  /// Reports the mean sizes of the last third of a time, divided by those of its first third.
  private func reportGrowth(_ history: StoreHistory, _ time: Range<Double>, _ bench: Bench) {
    let third = (time.upperBound - time.lowerBound) / 3
    let first = history.samples.filter {
      $0.second >= time.lowerBound && $0.second <= time.lowerBound + third
    }
    let last = history.samples.filter { $0.second >= time.upperBound - third && $0.second <= time.upperBound }
    let all = Self.mean(last.map { $0.total }) / Self.mean(first.map { $0.total })
    let table = Self.mean(last.map { $0.table }) / Self.mean(first.map { $0.table })
    bench.report.add("\(name), settled: the table, last third of the first", table, "×", isCost: true)
    bench.report.add("\(name), settled: all, last third of the first", all, "×", isCost: true)
    bench.report.add("\(name), settled: flat (1) or growing (0)", all <= 1 + Self.tolerance ? 1 : 0, "")
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
