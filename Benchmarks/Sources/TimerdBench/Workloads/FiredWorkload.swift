/// Timers that fire to a topic, 1,000 per second for 20 seconds, as a consumer sees them.
struct FiredWorkload: Workload {
  let name = "fired"
  private static let perSecond = 1000

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let count = Self.perSecond * (bench.options.isQuick ? 3 : 20)
    let kafka = try bench.kafka()
    let topic = "fired-\(number)"
    try kafka.createTopic(topic)
    let site = try bench.site(more: ["--kafka", kafka.brokers, "--kafka-fired-topic", topic])
    defer { site.timerd.stop() }
    let dueAt = Bench.nowMilliseconds() + Int64(count / 6) + 3_000
    var load = Load(
      count: count, dueAt: dueAt, duePerSecond: Double(Self.perSecond), randomIDs: bench.options.randomIDs,
      topic: topic)
    let fired = try FiredTimers(kafka, topic: topic, of: load)
    try load.run(on: site.timerd, receiver: bench.receiver)
    guard Bench.nowMilliseconds() < dueAt - 500 else {
      throw BenchError("creating took too long for \(name)")
    }
    var lateness: [(index: Int, milliseconds: Double)] = []
    let broker = kafka.cpuSeconds()
    try bench.measuringCPU(name, count, on: site) {
      lateness = try bench.lateness(of: load, at: fired, within: 20, name)
    }
    bench.report.add(
      "\(name): CPU of broker per 100,000", (kafka.cpuSeconds() - broker) * 1e5 / Double(count), "s",
      isCost: true)
    bench.report.add("\(name): lateness", Percentiles(lateness.map(\.milliseconds)))
    let first = lateness.first { $0.index == 0 }?.milliseconds ?? .nan
    bench.report.add("\(name): lateness of the first", first, "ms", isCost: true)
  }
}
