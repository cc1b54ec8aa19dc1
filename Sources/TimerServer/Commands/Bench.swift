import ArgumentParser
import Glibc
import LoadTest
import TimerModel

struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Creates timers at a fixed pace, receives their callbacks, and says how punctual they were.",
    discussion: """
      Examples:
        timerd bench
        timerd bench --target http://timers.internal:8080 --rate 1000 --duration 30s
        timerd bench --callback-listen 0.0.0.0:9000 --callback-url http://10.0.0.7:9000
        timerd bench --json > result.json

      The pace is kept whatever the service does, and a creation's latency counts from its planned moment, so that a service
      which stalls does not look better than it is. Lateness is measured with this machine's clock: run it where the clock is
      in step with the service's. Both are shown as p50, p90, p99, p99.9 and maximum. The service must allow callbacks to this
      machine (--callback-allow-networks).

      Exit codes: 0 nothing was refused, lost, early or doubled; 1 something was; 64 wrong usage.
      """)

  @Option(help: "The service.") var target = "http://127.0.0.1:8080"
  @Option(help: "Creations per second, 1 to 100000.") var rate = 100
  @Option(help: "For how long timers are created, such as 10s.") var duration = "10s"
  @Option(help: "How long after its creation a timer is due.") var lead = "5s"
  @Option(help: "How long timers may be late before they count as lost.") var patience = "30s"
  @Option(help: "Bytes of JSON in each payload, 2 to 262144.") var payloadBytes = 100
  @Option(help: "Connections to the service, 1 to 1024.") var connections = 64
  @Option(help: "Where callbacks are received; port 0 lets the system choose.") var callbackListen =
    "127.0.0.1:0"
  @Option(help: "The URL under which the service reaches that address.") var callbackUrl: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let run = LoadRun(plan: try plan(), receiver: try receiver())
    let report: LoadReport
    do {
      report = try await withThrowingTaskGroup(of: LoadReport?.self) { group in
        group.addTask { try await run.run() }
        if isatty(STDERR_FILENO) == 1 { group.addTask { await Self.showProgress(of: run) } }
        defer { group.cancelAll() }
        while let ended = try await group.next() { if let report = ended { return report } }
        return run.report
      }
    } catch {
      Console.error("timerd: the receiver of callbacks cannot listen on \(callbackListen): \(error)")
      throw ExitCode.failure
    }
    print(json ? report.json : report.text)
    if !report.isGood { throw ExitCode.failure }
  }

  private func plan() throws -> LoadPlan {
    for (name, url) in [("target", target), ("callback-url", callbackUrl ?? "")] where url.contains("@") {
      // The report shows it.
      throw ValidationError("--\(name) must be an address without a user's name and password")
    }
    var plan = LoadPlan(
      target: String(target.reversed().drop { $0 == "/" }.reversed()),
      rate: try Self.check("rate", rate, in: 1...100_000))
    plan.duration = try Self.duration("duration", duration)
    plan.lead = try Self.duration("lead", lead)
    plan.patience = try Self.duration("patience", patience)
    plan.payloadBytes = try Self.check("payload-bytes", payloadBytes, in: 2...262_144)
    plan.connections = try Self.check("connections", connections, in: 1...1024)
    return plan
  }

  private func receiver() throws -> LoadRun.Receiver {
    let parts = callbackListen.split(separator: ":", omittingEmptySubsequences: false)
    let host = parts.dropLast().joined(separator: ":").filter { $0 != "[" && $0 != "]" }
    guard let port = parts.last.flatMap({ Int($0) }), !host.isEmpty, (0...65_535).contains(port) else {
      throw ValidationError("--callback-listen must be an address and a port such as 127.0.0.1:9000")
    }
    return LoadRun.Receiver(host: host, port: port, url: callbackUrl)
  }

  private static func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws -> Int {
    guard range.contains(value) else {
      throw ValidationError("--\(name) must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private static func duration(_ name: String, _ text: String) throws -> Duration {
    guard let duration = Duration(text: text), duration > .zero, duration <= .seconds(3600) else {
      throw ValidationError("--\(name) must be a duration from 1ms to 1h, such as 10s")
    }
    return duration
  }

  /// Rewrites one line on the terminal until it is cancelled.
  private static func showProgress(of run: LoadRun) async -> LoadReport? {
    while !Task.isCancelled {
      let now = run.report
      let late = now.lateness
      Console.progress(
        "created \(now.created) of \(now.plan.count), fired \(now.fired), "
          + "late p99 \(late.p99), p99.9 \(late.p999), max \(late.max) ms")
      try? await Task.sleep(for: .milliseconds(200))  // How often a person wants news.
    }
    Console.progress("")
    return nil
  }
}
