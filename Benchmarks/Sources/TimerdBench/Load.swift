import CLoad

/// Creations in a closed loop, and their results.
struct Load {
  private var load: bench_load
  private var result = bench_load_result()
  private let topic: String?
  /// The duration of each request.
  private(set) var milliseconds = Percentiles([])

  /// - Parameter duePerSecond: how many are due per second from `dueAt` on; 0 for all at once.
  /// - Parameter batch: how many timers one request creates.
  /// - Parameter topic: where they fire to Kafka, with `keys` keys in turns; callbacks without one.
  init(
    count: Int, dueAt: Int64, duePerSecond: Double = 0, connections: Int = 64, first: Int = 0,
    randomIDs: Bool, topic: String? = nil, keys: Int = 0, batch: Int = 1
  ) {
    load = bench_load(
      port: 0, other_port: 0, connections: Int32(connections), first: Int64(first), count: Int64(count),
      due_ms: dueAt,
      due_per_second: duePerSecond, payload_bytes: 100, random_ids: randomIDs ? 1 : 0, callback_port: 0,
      topic: nil, keys: Int32(keys), batch: Int32(batch))
    self.topic = topic
  }

  /// Runs it, with every second connection to `other` if there is one; the status of every creation must be 201.
  mutating func run(on timerd: TimerdProcess, and other: TimerdProcess? = nil, receiver: Receiver) throws {
    load.port = Int32(timerd.port)
    load.other_port = Int32(other?.port ?? 0)
    load.callback_port = receiver.port
    let batch = max(1, Int(load.batch))
    var latencies = [UInt32](repeating: 0, count: (count + batch - 1) / batch)
    let error = withDestination { bench_create(&$0, &latencies, &$1) }
    guard error == 0 else { throw BenchError("creating failed with error \(error)") }
    guard result.refused == 0 else { throw BenchError("\(result.refused) creations were refused") }
    milliseconds = Percentiles(latencies.map { Double($0) / 1000 })
  }

  /// Produces the commands that create its timers.
  mutating func fill(_ kafka: KafkaServer, topic: String, receiver: Receiver) throws {
    load.callback_port = receiver.port
    guard withDestination({ bench_kafka_fill(kafka.brokers, topic, &$0, &$1) }) == 0, result.refused == 0
    else {
      throw BenchError("commands could not be produced")
    }
  }

  /// Copies its timers into the service's table, as no service needs to be asked for.
  mutating func copy(to database: String, connections: Int, batch: Int) throws {
    guard withDestination({ bench_copy(database, &$0, Int32(connections), Int32(batch), &$1) }) == 0 else {
      throw BenchError("rows could not be copied")
    }
  }

  private mutating func withDestination(
    _ body: (inout bench_load, inout bench_load_result) -> Int32
  ) -> Int32 {
    guard let topic else { return body(&load, &result) }
    return topic.withCString { text in
      load.topic = text
      defer { load.topic = nil }
      return body(&load, &result)
    }
  }

  var count: Int { Int(load.count) }
  var perSecond: Double { Double(result.created) / result.seconds }
  /// CPU seconds of the client.
  var cpuSeconds: Double { result.cpu_seconds }

  func dueAt(_ index: Int) -> Int64 {
    withUnsafePointer(to: load) { bench_due_ms($0, Int64(index)) }
  }

  func id(_ index: Int) -> String {
    var id = [CChar](repeating: 0, count: 24)
    bench_id(load.first + Int64(index), load.random_ids, &id)
    return String(decoding: id.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
