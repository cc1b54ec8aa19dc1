import Foundation

/// A topic full of creations, which a `timerd` that starts takes into PostgreSQL; then the same while the store stands still for a while.
struct IngestWorkload: Workload {
  let name = "ingest"
  private static let count = 800_000
  private var topic: String?

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let count = bench.scaled(Self.count)
    let kafka = try bench.kafka()
    let topic = try topic ?? fill(count, kafka, bench)
    self.topic = topic
    let read = try kafka.read(topic, count: count)
    bench.report.add("\(name): limit of reading, librdkafka alone", read.perSecond, "/s")
    bench.report.add(
      "\(name): CPU of that per 100,000", read.cpuSeconds * 1e5 / Double(count), "s", isCost: true)
    try take(count, topic, stall: nil, kafka, bench)
    if number == 0 { try take(count, topic, stall: 10, kafka, bench) }
  }

  private func fill(_ count: Int, _ kafka: KafkaServer, _ bench: Bench) throws -> String {
    let topic = "ingest"
    try kafka.createTopic(topic)
    var load = load(count, bench)
    try load.fill(kafka, topic: topic, receiver: bench.receiver)
    bench.report.add("\(name): limit of producing", load.perSecond, "/s")
    return topic
  }

  private func load(_ count: Int, _ bench: Bench) -> Load {
    Load(
      count: count, dueAt: Bench.nowMilliseconds() + 86_400_000, randomIDs: bench.options.randomIDs)
  }

  /// Lets a new `timerd` take the topic into an empty database; `stall` is for how many seconds the table is locked meanwhile.
  private func take(_ count: Int, _ topic: String, stall: Int?, _ kafka: KafkaServer, _ bench: Bench) throws {
    let postgres = try bench.postgres()
    let site = try bench.site(more: ["--kafka", kafka.brokers, "--kafka-commands-topic", topic])
    defer { site.timerd.stop() }
    let before = site.cpuSeconds().merging(broker(kafka)) { $1 }
    let start = site.timerd.residentBytes()
    var progress = Progression()
    var locking: ChildProcess?
    try Waiting.until("\(count) commands are taken", within: 180, every: 250_000) {
      let taken = Int(try postgres.number(Self.offsets, in: site.database))
      progress.note(taken)
      if let stall, locking == nil, taken > count / 5 {
        bench.report.add(
          "\(name): resident memory before the stall", Double(site.timerd.peakBytes()) / 1e6, "MB")
        locking = try postgres.start(
          "BEGIN; LOCK TABLE timerd.timers IN EXCLUSIVE MODE; SELECT pg_sleep(\(stall)); COMMIT",
          in: site.database, log: bench.folder.appending(path: "lock.log"))
      }
      return taken >= count
    }
    locking?.stop()
    let rows = Int(try postgres.number("SELECT count(*) FROM timerd.timers", in: site.database))
    if rows != count { bench.fail("\(count) commands made \(rows) timers") }
    let peak = Double(site.timerd.peakBytes()) / 1e6
    guard stall == nil else {
      return bench.report.add(
        "\(name): the same, \(stall ?? 0) s of stall included", peak, "MB", isCost: true)
    }
    bench.report.add("\(name): commands", progress.perSecond(of: count), "/s")
    bench.report.add("\(name): resident memory at the start", Double(start) / 1e6, "MB", isCost: true)
    bench.report.add("\(name): resident memory, the most", peak, "MB", isCost: true)
    let scale = 1e5 / Double(count)
    for (process, seconds) in site.cpuSeconds().merging(broker(kafka), uniquingKeysWith: { $1 }).sorted(by: {
      $0.key < $1.key
    }) {
      bench.report.add(
        "\(name): CPU of \(process) per 100,000", (seconds - (before[process] ?? 0)) * scale, "s",
        isCost: true)
    }
    try limit(count, site, postgres, bench)
  }

  /// The same rows into the same table, emptied, by COPY.
  private func limit(_ count: Int, _ site: Site, _ postgres: PostgresServer, _ bench: Bench) throws {
    try postgres.query("TRUNCATE timerd.timers", in: site.database)
    let before = postgres.cpuSeconds()
    var load = load(count / 4, bench)
    try load.copy(to: postgres.address(of: site.database), connections: 2, batch: 1000)
    bench.report.add("\(name): limit of writing, COPY of 1,000 rows, 2 connections", load.perSecond, "/s")
    bench.report.add(
      "\(name): CPU of PostgreSQL in that per 100,000",
      (postgres.cpuSeconds() - before) * 4e5 / Double(count),
      "s", isCost: true)
  }

  private func broker(_ kafka: KafkaServer) -> [String: Double] {
    ["broker": kafka.cpuSeconds(), "broker's proxy": kafka.proxyCPUSeconds()]
  }

  private static let offsets = "SELECT coalesce(sum(next_offset), 0) FROM timerd.command_offsets"
}

/// The progress at one time.
private struct Progression {
  private var samples: [(seconds: Double, taken: Int)] = []

  mutating func note(_ taken: Int) { samples.append((Date().timeIntervalSince1970, taken)) }

  /// Between the first and the last tenth.
  func perSecond(of count: Int) -> Double {
    let steady = samples.filter { $0.taken >= count / 10 && $0.taken <= count * 9 / 10 }
    guard let first = steady.first, let last = steady.last, last.seconds > first.seconds else { return .nan }
    return Double(last.taken - first.taken) / (last.seconds - first.seconds)
  }
}
