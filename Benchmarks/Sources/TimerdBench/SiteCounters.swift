import Foundation

/// The work that the processes of a site have done so far.
struct SiteCounters {
  /// The time of the wall clock, in seconds.
  let second: Double
  /// CPU seconds by process.
  let cpu: [String: Double]
  /// Context switches of the node's threads.
  let switches: Double
  /// Nil on the embedded store.
  let postgres: PostgresActivity?
  /// Calls by command; empty without Redis.
  let redis: [String: Double]

  /// Reads the counters.
  ///
  /// - Parameter isStart: true at the beginning of a measurement. The servers are asked outside of it, since to ask costs CPU.
  init(_ site: Site, isStart: Bool) throws {
    if isStart {
      postgres = try site.postgres?.activity(of: site.database)
      redis = try site.redis?.calls() ?? [:]
      usleep(100_000)
      second = Date().timeIntervalSince1970
      cpu = site.cpuSeconds()
      switches = site.timerd.contextSwitches()
    } else {
      second = Date().timeIntervalSince1970
      cpu = site.cpuSeconds()
      switches = site.timerd.contextSwitches()
      postgres = try site.postgres?.activity(of: site.database)
      redis = try site.redis?.calls() ?? [:]
    }
  }

  /// CPU seconds of all processes.
  var allCPU: Double { cpu.values.reduce(0, +) }
}

/// The work that a site does without any timer, per second.
struct Idleness {
  /// CPU seconds of all processes.
  let cpu: Double
  let transactions: Double
  let statements: Double
  let rowsFetched: Double

  /// Divides the work between two times at which nothing was due.
  init(from start: SiteCounters, to end: SiteCounters) {
    let seconds = end.second - start.second
    cpu = (end.allCPU - start.allCPU) / seconds
    let (before, after) = (start.postgres, end.postgres)
    transactions = ((after?.transactions ?? 0) - (before?.transactions ?? 0)) / seconds
    statements = ((after?.statements ?? 0) - (before?.statements ?? 0)) / seconds
    rowsFetched = ((after?.rowsFetched ?? 0) - (before?.rowsFetched ?? 0)) / seconds
  }
}
