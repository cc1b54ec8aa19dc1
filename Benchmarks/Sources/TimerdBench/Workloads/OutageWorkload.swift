/// The broker is away for 30 of 60 seconds in which 200 timers per second are due to Kafka and 500 to HTTP.
struct OutageWorkload: Workload {
  let name = "outage"
  private static let seconds = 60
  private static let toKafka = 200
  private static let toHTTP = 500

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let seconds = bench.options.isQuick ? Self.seconds / 4 : Self.seconds
    let kafka = try bench.kafka()
    let topic = "outage-\(number)"
    try kafka.createTopic(topic)
    let site = try bench.site(more: ["--kafka", kafka.brokers, "--kafka-fired-topic", topic])
    defer { site.timerd.stop() }
    let dueAt = Bench.nowMilliseconds() + Int64(seconds) * 120 + 3_000
    var callbacks = Load(
      count: Self.toHTTP * seconds, dueAt: dueAt, duePerSecond: Double(Self.toHTTP),
      randomIDs: bench.options.randomIDs)
    var records = Load(
      count: Self.toKafka * seconds, dueAt: dueAt, duePerSecond: Double(Self.toKafka),
      first: callbacks.count, randomIDs: bench.options.randomIDs, topic: topic, keys: 50)
    bench.receiver.expect(callbacks.count)
    let fired = try FiredTimers(kafka, topic: topic, of: records, first: callbacks.count)
    try callbacks.run(on: site.timerd, receiver: bench.receiver)
    try records.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for \(name)")
    }
    // A quarter before it, a half during it, a quarter after it.
    Waiting.sleep(until: dueAt + Int64(seconds) * 250)
    kafka.cut()
    Waiting.sleep(until: dueAt + Int64(seconds) * 750)
    kafka.restore()
    let byHTTP = try bench.lateness(of: callbacks, at: bench.receiver, within: 30, "\(name), callbacks")
    let byKafka = try bench.lateness(of: records, at: fired, within: 90, "\(name), records")
    report(byHTTP, callbacks.count, "callbacks", bench)
    report(byKafka, records.count, "records", bench)
    bench.report.add("\(name), records: out of order", Double(fired.disordered), "timers", isCost: true)
    if fired.disordered > 0 { bench.fail("\(fired.disordered) records out of order") }
  }

  private func report(
    _ lateness: [(index: Int, milliseconds: Double)], _ count: Int, _ what: String, _ bench: Bench
  ) {
    for (part, range) in [
      ("before", 0..<count / 4), ("during", count / 4..<count * 3 / 4), ("after", count * 3 / 4..<count),
    ] {
      let values = Percentiles(lateness.filter { range.contains($0.index) }.map(\.milliseconds))
      bench.report.add("\(name), \(what) due \(part) it: lateness", values)
    }
    bench.report.add("\(name), \(what): lateness", Percentiles(lateness.map(\.milliseconds)))
  }
}
