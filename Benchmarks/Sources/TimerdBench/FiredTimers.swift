import CLoad

/// A consumer of the topic to which the timers of a load fire, on a thread of its own.
final class FiredTimers: Arrivals {
  private let handle: OpaquePointer

  init(_ kafka: KafkaServer, topic: String, of load: Load, first: Int = 0) throws {
    guard
      let handle = bench_fired_start(
        kafka.brokers, topic, Int32(KafkaServer.partitions), Int64(first), Int64(load.count))
    else { throw BenchError("the topic \(topic) could not be read") }
    self.handle = handle
  }

  deinit { bench_fired_stop(handle) }

  var distinct: Int { Int(bench_fired_distinct(handle)) }
  /// The number of arrivals after one of the same key that is due later.
  var disordered: Int { Int(bench_fired_disordered(handle)) }

  func arrival(_ index: Int) -> Int64 { bench_fired_arrival(handle, Int64(index)) }
  func copies(_ index: Int) -> Int { Int(bench_fired_count(handle, Int64(index))) }
}
