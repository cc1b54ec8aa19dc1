/// A steady load before, during and after something that the store has to bear.
struct DisturbedRun {
  let name: String
  /// For how long it lasts; a sixth of that comes before it, and as much after it.
  let seconds: Double

  /// Ended timers are purged as soon as the service allows, so that only what cannot be removed makes the store grow.
  static let purging = ["--retention", "1m", "--purge-interval", "5s"]

  /// Measures it.
  ///
  /// - Parameter disturb: starts the process that causes it, for a number of seconds.
  func measure(
    _ bench: Bench, disturb: (Site, PostgresServer, Double) throws -> ChildProcess
  ) throws {
    let postgres = try bench.postgres()
    let site = try bench.site(more: Self.purging)
    defer { site.stop() }
    let begin = max(seconds / 6, SteadyRun.lead * 2)
    let end = begin + seconds
    let run = try SteadyRun(name, seconds: end + seconds / 6, on: site, bench)
    var history = try StoreHistory(site)
    try bench.measuringCPU(name, run.load.count, on: site) {
      try history.watch(run, until: begin)
      let disturbing = try disturb(site, postgres, seconds)
      try history.watch(run, until: end)
      disturbing.stop()
      try history.watch(run, until: run.seconds)
      try run.finish()
    }
    report(run, history, [SteadyRun.lead..<begin, begin..<end, end..<run.seconds], bench)
  }

  private func report(
    _ run: SteadyRun, _ history: StoreHistory, _ phases: [Range<Double>], _ bench: Bench
  ) {
    var rates: [(created: Double, fired: Double)] = []
    for (phase, range) in zip(["before", "during", "after"], phases) {
      rates.append(run.report("\(name), \(phase)", in: range))
      history.report("\(name), \(phase)", in: range, run, bench)
    }
    for (place, phase) in ["during", "after"].enumerated() {
      let rate = rates[place + 1]
      bench.report.add("\(name), \(phase): creations, of those before", rate.created / rates[0].created, "×")
      bench.report.add("\(name), \(phase): fired, of those before", rate.fired / rates[0].fired, "×")
    }
    run.reportSeries(bench)
    history.reportSeries(name, bench)
  }
}
