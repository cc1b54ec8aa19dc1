/// A steady load while all of timerd's connections to PostgreSQL are ended every ten seconds.
struct BackendKillWorkload: Workload {
  let name = "backend-kill"
  let isLong = true
  private static let interval = 10.0
  /// The lease of a claim, after which a node that knows nothing of an attempt would repeat it.
  private static let claimLease = 45.0

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let postgres = try bench.postgres()
    let site = try bench.site()
    defer { site.stop() }
    let run = try SteadyRun(name, seconds: bench.seconds(minutes: 3), on: site, bench)
    var kills: [Kill] = []
    try bench.measuringCPU(name, run.load.count, on: site) {
      for second in stride(from: Self.interval, through: run.seconds - Self.interval / 2, by: Self.interval) {
        run.sleep(until: second)
        kills.append(try kill(run, postgres, site.database))
      }
      // An attempt in flight may be repeated when its settlement was lost.
      try run.finish(quiet: Self.claimLease + 5, mayRepeat: true)
    }
    if kills.contains(where: { $0.connections == 0 }) { bench.fail("\(name): there was nothing to kill") }
    report(kills, run, bench)
  }

  private func report(_ kills: [Kill], _ run: SteadyRun, _ bench: Bench) {
    run.report(name, in: run.both)
    bench.report.add("\(name): fired, of the schedule", rate(run), "×")
    let names = ["second", "connections", "ms to all fired", "ms to all created", "late max", "creation max"]
    var series = Series(name: "\(name), each of them", columns: names)
    for kill in kills {
      let range = kill.second..<kill.second + Self.interval
      let firing = run.firingRecovery(after: kill.second, within: Self.interval, bench) * 1000
      let creating = run.creationRecovery(after: kill.second, within: Self.interval) * 1000
      series.rows.append([
        kill.second, kill.connections, firing, creating, run.lateness(in: range).highest,
        run.latency(in: range).highest,
      ])
    }
    bench.report.add("\(name): time to full rate of firing", Percentiles(series.rows.map { $0[2] }))
    bench.report.add("\(name): time to full rate of creating", Percentiles(series.rows.map { $0[3] }))
    bench.report.add(series)
  }

  /// Returns the share of the schedule's firings that came within the time of the load.
  private func rate(_ run: SteadyRun) -> Double {
    let length = run.both.upperBound - run.both.lowerBound
    return Double(run.fired(in: run.both)) / length / Double(SteadyRun.perSecond)
  }

  /// Ends all connections to a database.
  private func kill(_ run: SteadyRun, _ postgres: PostgresServer, _ database: String) throws -> Kill {
    let row =
      try postgres.query(
        """
        SELECT count(pg_terminate_backend(pid)), extract(epoch FROM clock_timestamp()) FROM pg_stat_activity
        WHERE datname = '\(database)' AND backend_type = 'client backend'
        """
      ).first?.split(separator: "|").compactMap { Double($0) } ?? []
    guard row.count == 2 else { throw BenchError("connections could not be ended") }
    return Kill(second: row[1] - Double(run.moment(0)) / 1e6, connections: row[0])
  }

  private struct Kill {
    /// The second of the run.
    let second: Double
    /// The number of connections that were ended.
    let connections: Double
  }
}
