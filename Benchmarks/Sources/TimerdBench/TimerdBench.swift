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
      timerd-bench                          the usual workloads on PostgreSQL and Redis, medians of three rounds
      timerd-bench create backlog --quick   a short look at two of them
      timerd-bench kafka                    ingest, fired and outage, all with a broker
      timerd-bench long                     held-xmin, long-readers, backend-kill and soak, about two hours
      timerd-bench soak --minutes 5         one of them, but for five minutes
      timerd-bench --store embedded         on the embedded store
      timerd-bench --json now.json --compare base.json

      Exit status: 0 all promises were kept, 1 something was lost, early or doubled, or a measurement failed.
      """)

  /// Runs, or is the proxy that its broker needs, if the parent process says so.
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.first == KafkaServer.proxyCommand else { return main(nil) }
    let ports = arguments.dropFirst().compactMap { Int32($0) }
    guard ports.count == 2 else { return }  // Nobody but `KafkaServer` says this.
    _ = bench_kafka_proxy(ports[0], ports[1])
  }

  @Argument(
    help: """
      Any of \(WorkloadList.all.joined(separator: ", ")). \
      If none is named, all but the long ones: \(WorkloadList.long.joined(separator: ", ")).
      """)
  var names: [String] = []
  @Option(help: "The executable to measure.")
  var timerd = "../.build/release/timerd"
  @Option(help: "postgres (with Redis) or embedded.")
  var store = "postgres"
  @Option(
    help:
      "How often each figure is measured; the table shows medians. 3 by default, 1 for the long workloads.")
  var rounds: Int?
  @Option(
    help: """
      For how many minutes the steady load of open-loop (1), held-xmin (30), long-readers (5), backend-kill (3) and soak (60) runs. \
      held-xmin and long-readers take a third more, for the time before and after.
      """)
  var minutes: Double?
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
    for name in names where WorkloadList.groups[name] == nil && !WorkloadList.all.contains(name) {
      throw ValidationError("unknown workload \(name)")
    }
    if let minutes, !(minutes >= 0.5 && minutes <= 600) {
      throw ValidationError("--minutes is from 0.5 to 600")
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
    var workloads = WorkloadList(options: options, perSecond: numbers(perSecond)).workloads(names)
    do {
      try measure(&workloads, bench)
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

  /// Measures all workloads in turns.
  private func measure(_ workloads: inout [any Workload], _ bench: Bench) throws {
    for round in 0..<max(options.rounds, options.longRounds) {
      for place in workloads.indices {
        let rounds = workloads[place].isLong ? options.longRounds : options.rounds
        guard round < rounds else { continue }
        Progress.say("round \(round + 1) of \(rounds): \(workloads[place].name)")
        try workloads[place].round(round, bench)
      }
    }
  }

  private var options: Bench.Options {
    Bench.Options(
      timerd: URL(filePath: timerd).standardizedFileURL.path,
      store: Bench.Store(rawValue: store) ?? .postgres,
      rounds: quick ? 1 : rounds ?? 3, longRounds: quick ? 1 : rounds ?? 1, isQuick: quick,
      randomIDs: randomIds, pending: numbers(pending), more: with, minutes: minutes)
  }

  private func numbers(_ list: String) -> [Int] { list.split(separator: ",").compactMap { Int($0) } }
}
