import Foundation

/// Measures the cost of metrics and traces: creations and a backlog with both on, every trace sampled and
/// sent to a collector that takes everything, and with both off, in turns. The ratio is that of neighbours,
/// since a machine is not the same from minute to minute.
struct TelemetryWorkload: Workload {
  let name = "telemetry"
  /// Takes spans, and knows of no timer.
  private var collector: Receiver?

  mutating func round(_ number: Int, _ bench: Bench) throws {
    if collector == nil { collector = try Receiver() }
    // Who goes first changes, so that neither has the warmer machine.
    var rates: [Bool: (creates: Double, fires: Double)] = [:]
    for isOn in number % 2 == 0 ? [false, true] : [true, false] { rates[isOn] = try run(isOn, bench) }
    guard let on = rates[true], let off = rates[false] else { return }
    bench.report.add("telemetry: creations on/off", on.creates / off.creates, "×")
    bench.report.add("telemetry: fired on/off", on.fires / off.fires, "×")
  }

  private func run(_ isOn: Bool, _ bench: Bench) throws -> (creates: Double, fires: Double) {
    let site = try bench.site(
      more: ["--metrics", isOn ? "true" : "false"],
      environment: isOn ? ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(collector?.port ?? 0)"] : [:])
    defer { site.timerd.stop() }
    let what = isOn ? "on" : "off"
    let tomorrow = Bench.nowMilliseconds() + 86_400_000
    let (warmup, count, fired) = (bench.scaled(10_000), bench.scaled(60_000), bench.scaled(30_000))
    // The receiver knows timers by their numbers from 0: those that fire have the first ones.
    var first = Load(count: warmup, dueAt: tomorrow, first: fired, randomIDs: false)
    try first.run(on: site.timerd, receiver: bench.receiver)
    var creates = Load(count: count, dueAt: tomorrow, first: fired + warmup, randomIDs: false)
    try creates.run(on: site.timerd, receiver: bench.receiver)
    bench.report.add("telemetry \(what): durable creations", creates.perSecond, "/s")

    bench.receiver.expect(fired)
    let dueAt = Bench.nowMilliseconds() + Int64(fired / 6) + 4_000
    var backlog = Load(count: fired, dueAt: dueAt, randomIDs: false)
    try backlog.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for a backlog")
    }
    let lateness = try bench.arrivals(of: backlog, within: 60, "telemetry \(what)")
    let rate = Double(fired) / lateness.highest * 1000
    bench.report.add("telemetry \(what): fired", rate, "/s")
    return (creates.perSecond, rate)
  }
}
