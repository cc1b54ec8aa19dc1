import CLoad
import Foundation

/// The servers of a run, its options, and what it has found.
final class Bench {
  enum Store: String, CaseIterable { case postgres, embedded }

  let options: Options
  let receiver: Receiver
  let folder: URL
  var report = Report()
  /// Promises that were broken: something lost, early or doubled.
  private(set) var failures: [String] = []
  private var startedPostgres: PostgresServer?
  private var startedRedis: RedisServer?
  private var startedKafka: KafkaServer?
  private var sites = 0

  struct Options {
    var timerd: String
    var store: Store
    var rounds: Int
    /// Rounds of workloads that take long.
    var longRounds: Int
    var isQuick: Bool
    var randomIDs: Bool
    var pending: [Int]
    var more: [String]
    /// For how long workloads run whose duration can be chosen; nil if each takes its own.
    var minutes: Double?
  }

  init(_ options: Options, folder: URL) throws {
    self.options = options
    self.folder = folder
    receiver = try Receiver()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // PostgreSQL's own user must reach its part of it.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
  }

  /// Starts the server with its first use.
  func postgres() throws -> PostgresServer {
    let server = try startedPostgres ?? PostgresServer(in: folder.appending(path: "postgres"))
    startedPostgres = server
    return server
  }

  /// Starts the server with its first use.
  func redis() throws -> RedisServer {
    let server = try startedRedis ?? RedisServer(in: folder)
    startedRedis = server
    return server
  }

  /// Starts the broker with its first use.
  func kafka() throws -> KafkaServer {
    let server = try startedKafka ?? KafkaServer(in: folder)
    startedKafka = server
    return server
  }

  /// Starts a `timerd` on a store that was filled, or on one of its own that is empty.
  func site(
    on filled: String? = nil, more: [String] = [], environment: [String: String] = [:]
  ) throws -> Site {
    sites += 1
    let log = folder.appending(path: "timerd-\(sites).log")
    guard options.store == .postgres else {
      let file = filled ?? folder.appending(path: "embedded-\(sites)/timerd.db").path
      let timerd = try TimerdProcess(
        options.timerd, store: "sqlite:\(file)", index: "memory:", more: options.more + more,
        environment: environment, log: log)
      return Site(
        timerd: timerd, postgres: nil, redis: nil, database: "", redisDatabase: 0, emptyIndexBytes: 0)
    }
    let (postgres, redis) = (try postgres(), try redis())
    let name = filled ?? "bench_\(sites)"
    if filled == nil { try postgres.renew(name) }
    // One that still runs has its index in another database: two services must not share one.
    let redisDatabase = sites % 16
    try redis.command("-n", "\(redisDatabase)", "flushdb")
    let emptyIndexBytes = try redis.usedBytes()
    let timerd = try TimerdProcess(
      options.timerd, store: postgres.address(of: name), index: redis.address(redisDatabase),
      more: options.more + more, environment: environment, log: log)
    return Site(
      timerd: timerd, postgres: postgres, redis: redis, database: name, redisDatabase: redisDatabase,
      emptyIndexBytes: emptyIndexBytes)
  }

  /// Starts a second `timerd` beside that of `site`, and waits until both have their share of the shards.
  func join(_ site: Site) throws {
    guard let postgres = site.postgres, let redis = site.redis else {
      throw BenchError("an embedded store has one node")
    }
    site.second = try TimerdProcess(
      options.timerd, store: postgres.address(of: site.database), index: redis.address(site.redisDatabase),
      more: options.more, log: folder.appending(path: "timerd-\(sites)-second.log"))
    try Waiting.until("both nodes have their share", within: 30, every: 200_000) {
      try postgres.number(
        "SELECT coalesce(min(n), 0) FROM (SELECT count(*) n FROM timerd.leases GROUP BY node HAVING count(*) < 64) AS held",
        in: site.database) == 32
    }
  }

  /// Does `work` and reports the CPU seconds that it took per 100,000 of `count` timers, by process.
  func measuringCPU(_ name: String, _ count: Int, on site: Site, _ work: () throws -> Void) throws {
    let (before, received) = (site.cpuSeconds(), receiver.cpuSeconds)
    try work()
    let scale = 100_000 / Double(count)
    for (process, seconds) in site.cpuSeconds().sorted(by: { $0.key < $1.key }) {
      report.add(
        "\(name): CPU of \(process) per 100,000", (seconds - (before[process] ?? 0)) * scale, "s",
        isCost: true)
    }
    report.add(
      "\(name): CPU of receiver per 100,000", (receiver.cpuSeconds - received) * scale, "s", isCost: true)
  }

  /// Waits until the timers of a load, all due at one instant, have arrived and are settled, and measures the CPU of that.
  ///
  /// - Returns: their lateness in milliseconds, and how many were delivered and settled per second.
  func firing(
    _ name: String, cpu: String, _ load: Load, on site: Site
  ) throws -> (lateness: Percentiles, perSecond: Double) {
    var lateness = Percentiles([])
    try measuringCPU(cpu, load.count, on: site) {
      lateness = try arrivals(of: load, within: 60, name)
      try site.waitUntilSettled(load, receiver: receiver)
    }
    let settledAt = try site.lastSettled(load, receiver: receiver)
    return (lateness, Double(load.count) / (settledAt - Double(load.dueAt(0))) * 1000)
  }

  /// Waits for the callbacks of a load and checks that each came once and none early.
  ///
  /// - Returns: lateness in milliseconds.
  func arrivals(of load: Load, within seconds: Double, _ name: String) throws -> Percentiles {
    Percentiles(try lateness(of: load, at: receiver, within: seconds, name).map(\.milliseconds))
  }

  /// Waits for the timers of a load and checks that each came once and none early.
  ///
  /// - Returns: how late each was that came, with its place in the load.
  func lateness(
    of load: Load, at receiver: any Arrivals, within seconds: Double, _ name: String
  ) throws -> [(index: Int, milliseconds: Double)] {
    let count = load.count
    let latest = Double(load.dueAt(count - 1)) / 1000 + seconds
    while receiver.distinct < count, Date().timeIntervalSince1970 < latest { usleep(5_000) }
    let missing = (0..<count).filter { receiver.copies($0) == 0 }.count
    let doubled = (0..<count).filter { receiver.copies($0) > 1 }.count
    let lateness = (0..<count).filter { receiver.copies($0) > 0 }.map {
      (index: $0, milliseconds: Double(receiver.arrival($0) - load.dueAt($0) * 1000) / 1000)
    }
    let early = lateness.filter { $0.milliseconds < 0 }.count
    judge(name, lost: missing, doubled: doubled, early: early)
    return lateness
  }

  /// Reports how many timers broke a promise. Repeated deliveries do not break one where a failure may repeat them.
  func judge(_ name: String, lost: Int, doubled: Int, early: Int, mayRepeat: Bool = false) {
    for (what, number) in [("lost", lost), ("doubled", doubled), ("early", early)] {
      report.add("\(name): \(what)", Double(number), "timers", isCost: true)
      if number > 0, !(mayRepeat && what == "doubled") { failures.append("\(name): \(number) \(what)") }
    }
  }

  /// Says that something is not as promised.
  func fail(_ what: String) {
    Progress.say("FAILED: \(what)")
    failures.append(what)
  }

  func stop() {
    startedKafka?.stop()
    startedRedis?.stop()
    startedPostgres?.stop()
  }

  /// The number, or a tenth of it where only a short look is wanted.
  func scaled(_ number: Int) -> Int { options.isQuick ? number / 10 : number }

  /// Returns the seconds for which a workload runs that takes `minutes` unless another duration was chosen.
  func seconds(minutes: Double) -> Double {
    if let chosen = options.minutes { return chosen * 60 }
    return minutes * (options.isQuick ? 6 : 60)
  }

  static func nowMilliseconds() -> Int64 { bench_wall_us() / 1000 }
}
