import CLoad

/// The receiver of callbacks, on its own thread of this process.
final class Receiver: Arrivals {
  private let handle: OpaquePointer

  init() throws {
    guard let handle = bench_receiver_start() else { throw BenchError("the receiver could not listen") }
    self.handle = handle
  }

  var port: Int32 { bench_receiver_port(handle) }
  var distinct: Int { Int(bench_receiver_distinct(handle)) }
  var cpuSeconds: Double { bench_receiver_cpu_seconds(handle) }

  func expect(_ count: Int) { bench_receiver_expect(handle, Int64(count)) }

  /// Returns the first arrival of a timer, in microseconds of the wall clock; 0 if it did not come.
  func arrival(_ number: Int) -> Int64 { bench_receiver_arrival(handle, Int64(number)) }

  func copies(_ number: Int) -> Int { Int(bench_receiver_count(handle, Int64(number))) }

  /// POSTs per second that one thread of libcurl's multi interface makes to this receiver, and the CPU seconds per 100,000
  /// of both.
  func limit(posts: Int) throws -> (perSecond: Double, curl: Double, receiver: Double) {
    var result = bench_posts_result()
    let before = cpuSeconds
    guard bench_posts(port, Int64(posts), 64, &result) == 0 else { throw BenchError("POSTs failed") }
    let scale = 100_000 / Double(result.delivered)
    return (
      Double(result.delivered) / result.seconds, result.cpu_seconds * scale, (cpuSeconds - before) * scale
    )
  }
}
