import CLoad

/// Creations in a closed loop, and what came of them.
struct Load {
  private var load: bench_load
  private var result = bench_load_result()
  /// How long each creation took.
  private(set) var milliseconds = Percentiles([])

  /// - Parameter duePerSecond: how many are due per second from `dueAt` on; 0 for all at once.
  init(
    count: Int, dueAt: Int64, duePerSecond: Double = 0, connections: Int = 64, first: Int = 0,
    randomIDs: Bool
  ) {
    load = bench_load(
      port: 0, other_port: 0, connections: Int32(connections), first: Int64(first), count: Int64(count),
      due_ms: dueAt,
      due_per_second: duePerSecond, payload_bytes: 100, random_ids: randomIDs ? 1 : 0, callback_port: 0)
  }

  /// Runs it, with every second connection to `other` if there is one; every creation must be answered by 201.
  mutating func run(on timerd: TimerdProcess, and other: TimerdProcess? = nil, receiver: Receiver) throws {
    load.port = Int32(timerd.port)
    load.other_port = Int32(other?.port ?? 0)
    load.callback_port = receiver.port
    var latencies = [UInt32](repeating: 0, count: Int(load.count))
    let error = bench_create(&load, &latencies, &result)
    guard error == 0 else { throw BenchProblem("creating failed with error \(error)") }
    guard result.refused == 0 else { throw BenchProblem("\(result.refused) creations were refused") }
    milliseconds = Percentiles(latencies.map { Double($0) / 1000 })
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
