import ArgumentParser
import CLoad
import Foundation

/// Measures a release build of `timerd` against real servers on this machine.
@main
struct TimerdBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timerd-bench",
    abstract: "Measures timerd against real servers that it starts, each figure beside its limit.",
    discussion: """
      timerd-bench                          all workloads on PostgreSQL and Redis, medians of three rounds
      timerd-bench create backlog --quick   a short look at two of them
      timerd-bench kafka                    ingest, fired and outage, all with a broker
      timerd-bench --store embedded         on the embedded store
      timerd-bench --json now.json --compare base.json

      Exit status: 0 all promises were kept, 1 something was lost, early or doubled, or a measurement failed.
      """)

  static let workloads = [
    "create", "backlog", "punctuality", "waiting", "growth", "nodes", "telemetry", "ingest", "fired",
    "outage",
  ]

  /// Runs, or is the proxy that its broker needs, if the parent process says so.
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.first == KafkaServer.proxyCommand else { return main(nil) }
    let ports = arguments.dropFirst().compactMap { Int32($0) }
    guard ports.count == 2 else { return }  // Nobody but `KafkaServer` says this.
    _ = bench_kafka_proxy(ports[0], ports[1])
  }

  @Argument(help: "Any of \(workloads.joined(separator: ", ")); all if none is named.")
  var names: [String] = []
  @Option(help: "The executable to measure.")
  var timerd = "../.build/release/timerd"
  @Option(help: "postgres (with Redis) or embedded.")
  var store = "postgres"
  @Option(help: "How often each figure is measured; the table shows medians.")
  var rounds = 3
  @Flag(help: "A tenth of the timers, one round.")
  var quick = false
  @Flag(
    help:
      "Timers with ids in no order, as UUIDs are; each insertion then touches another page of the primary key."
  )
  var randomIds = false
  @Option(help: "Pending timers of the workloads waiting and growth, separated by commas.")
  var pending = "10000,1000000,10000000"
  @Option(help: "Due per second of the workload punctuality, separated by commas.")
  var perSecond = "100,1000,5000"
  @Option(help: "Writes all values to this file.")
  var json: String?
  @Option(help: "Prints the change against a file that --json wrote.")
  var compare: String?
  @Option(help: "A folder whose PostgreSQL, or whose files, with pending timers, are used and kept.")
  var data: String?
  @Flag(help: "Only makes the stores of pending timers in the --data folder.")
  var fill = false
  @Option(parsing: .remaining, help: "All that follows goes to timerd.")
  var with: [String] = []

  func validate() throws {
    for name in names where name != "kafka" && !Self.workloads.contains(name) {
      throw ValidationError("unknown workload \(name)")
    }
    if Bench.Store(rawValue: store) == nil { throw ValidationError("--store is postgres or embedded") }
    if fill, data == nil { throw ValidationError("--fill needs --data") }
  }

  func run() throws {
    let folder = data.map { URL(filePath: $0) } ?? URL(filePath: "/tmp/timerd-bench-\(getpid())")
    defer { if data == nil { try? FileManager.default.removeItem(at: folder) } }
    let bench = try Bench(options, folder: folder)
    defer { bench.stop() }
    if fill { return try options.pending.forEach { _ = try PendingTimers.store($0, bench) } }
    var workloads = selected
    do {
      for round in 0..<options.rounds {
        for place in workloads.indices {
          Progress.say("round \(round + 1) of \(options.rounds): \(workloads[place].name)")
          try workloads[place].round(round, bench)
        }
      }
    } catch {
      bench.fail("\(error)")
    }
    print(bench.report.table())
    if let json { try bench.report.save(json) }
    if let compare { print("\n\(bench.report.comparison(with: try Report.load(compare)))") }
    guard bench.failures.isEmpty else {
      Progress.say("NOT AS PROMISED: \(bench.failures.joined(separator: "; "))")
      throw ExitCode(1)
    }
  }

  private var options: Bench.Options {
    Bench.Options(
      timerd: URL(filePath: timerd).standardizedFileURL.path,
      store: Bench.Store(rawValue: store) ?? .postgres,
      rounds: quick ? 1 : rounds, isQuick: quick, randomIDs: randomIds, pending: numbers(pending), more: with)
  }

  private var selected: [any Workload] {
    var all: [any Workload] = []
    var wanted = Set(names.isEmpty ? Self.workloads : names)
    if wanted.contains("kafka") { wanted.formUnion(["ingest", "fired", "outage"]) }
    if wanted.contains("create") { all.append(CreateWorkload()) }
    if wanted.contains("backlog") { all.append(BacklogWorkload()) }
    if wanted.contains("punctuality") { all += numbers(perSecond).map { PunctualityWorkload(perSecond: $0) } }
    if wanted.contains("telemetry") { all.append(TelemetryWorkload()) }
    if wanted.contains("fired") { all.append(FiredWorkload()) }
    if wanted.contains("waiting") {
      all += options.pending.filter { $0 >= 100_000 }.map { WaitingWorkload(pending: $0) }
    }
    if wanted.contains("growth") { all.append(GrowthWorkload()) }
    // These are about several nodes, or about PostgreSQL's offsets and outbox.
    guard store == "postgres" else { return all }
    if wanted.contains("nodes") { all.append(NodesWorkload()) }
    if wanted.contains("ingest") { all.append(IngestWorkload()) }
    if wanted.contains("outage") { all.append(OutageWorkload()) }
    return all
  }

  private func numbers(_ list: String) -> [Int] { list.split(separator: ",").compactMap { Int($0) } }
}
