/// A few timers per second after a lull, and what each of them costs every process.
struct LowRateWorkload: Workload {
  let perSecond: Int
  var name: String { "low-rate \(perSecond)/s" }
  private static let database = "low_rate"

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let site = try site(bench)
    defer { site.stop() }
    let count = perSecond * (bench.options.isQuick ? 5 : 30)
    bench.receiver.expect(count)
    let delay = PostgresServer.countingDelay
    // One such time until everything is counted, one without any work, and a second before the first claim.
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 2_000 + Int64((2 * delay + 1) * 1000)
    var load = Load(
      count: count, dueAt: dueAt, duePerSecond: Double(perSecond), randomIDs: bench.options.randomIDs)
    try load.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - Int64((2 * delay + 1) * 1000) else {
      throw BenchError("creating took too long for \(name)")
    }
    Waiting.sleep(until: dueAt - Int64((delay + 1) * 1000))
    let lull = try SiteCounters(site, isStart: true)
    Waiting.sleep(until: dueAt - 1_000)
    let idle = try Idleness(from: lull, to: SiteCounters(site, isStart: false))
    let start = try SiteCounters(site, isStart: true)
    let lateness = try bench.arrivals(of: load, within: 20, name)
    // The last settlements. To ask whether they are made would cost CPU.
    Waiting.sleep(until: Bench.nowMilliseconds() + 200)
    let end = try SiteCounters(site, isStart: false)
    Waiting.sleep(until: Bench.nowMilliseconds() + Int64(delay * 1000))
    let counted = try SiteCounters(site, isStart: false)
    bench.report.add("\(name): lateness", lateness)
    report(idle, start, end, counted, count, bench)
  }

  /// Returns a node on an empty store that counts statements.
  private func site(_ bench: Bench) throws -> Site {
    guard bench.options.store == .postgres else { return try bench.site() }
    try bench.postgres().renewCounting(Self.database)
    return try bench.site(on: Self.database)
  }

  private func report(
    _ idle: Idleness, _ start: SiteCounters, _ end: SiteCounters, _ counted: SiteCounters, _ count: Int,
    _ bench: Bench
  ) {
    let timers = Double(count)
    for (process, seconds) in end.cpu.sorted(by: { $0.key < $1.key }) {
      let used = seconds - (start.cpu[process] ?? 0)
      bench.report.add("\(name): CPU of \(process) per timer", used / timers * 1e6, "µs", isCost: true)
    }
    bench.report.add(
      "\(name): CPU of all per timer", (end.allCPU - start.allCPU) / timers * 1e6, "µs", isCost: true)
    bench.report.add("\(name): CPU of all while idle", idle.cpu * 1e6, "µs/s", isCost: true)
    let switches = (end.switches - start.switches) / timers
    bench.report.add("\(name): context switches of timerd per timer", switches, "", isCost: true)
    reportPostgres(idle, start, end, counted, timers, bench)
    reportRedis(start, end, timers, bench)
  }

  private func reportPostgres(
    _ idle: Idleness, _ start: SiteCounters, _ end: SiteCounters, _ counted: SiteCounters, _ timers: Double,
    _ bench: Bench
  ) {
    guard let before = start.postgres, let after = end.postgres, let later = counted.postgres else { return }
    // Of what was counted later, only that belongs to the timers which an idle node would not have done meanwhile.
    let wait = counted.second - end.second
    let transactions = later.transactions - before.transactions - idle.transactions * wait
    let rows = later.rowsFetched - before.rowsFetched - idle.rowsFetched * wait
    let statements = after.statements - before.statements
    bench.report.add("\(name): PostgreSQL's transactions per timer", transactions / timers, "", isCost: true)
    bench.report.add("\(name): PostgreSQL's statements per timer", statements / timers, "", isCost: true)
    bench.report.add("\(name): PostgreSQL's rows fetched per timer", rows / timers, "", isCost: true)
    bench.report.add("\(name): PostgreSQL's transactions while idle", idle.transactions, "/s", isCost: true)
    bench.report.add("\(name): PostgreSQL's statements while idle", idle.statements, "/s", isCost: true)
  }

  private func reportRedis(_ start: SiteCounters, _ end: SiteCounters, _ timers: Double, _ bench: Bench) {
    guard !end.redis.isEmpty else { return }
    var all = 0.0
    for (command, calls) in end.redis.sorted(by: { $0.key < $1.key }) {
      let made = calls - (start.redis[command] ?? 0)
      guard made > 0 else { continue }
      all += made
      bench.report.add("\(name): Redis' \(command) per timer", made / timers, "", isCost: true)
    }
    bench.report.add("\(name): Redis' commands per timer", all / timers, "", isCost: true)
  }
}
