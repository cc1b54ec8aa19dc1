import CLoad

/// Creations from a fixed schedule, on a thread of their own; each timer is due a fixed time after its planned creation.
final class SteadyLoad {
  let count: Int
  private let handle: OpaquePointer

  /// Starts it; the receiver must expect `count` timers by then.
  init(
    count: Int, perSecond: Int, leadMilliseconds: Int64, randomIDs: Bool, on timerd: TimerdProcess,
    receiver: Receiver
  ) throws {
    var load = bench_load()
    load.port = Int32(timerd.port)
    load.connections = 64
    load.count = Int64(count)
    load.payload_bytes = 100
    load.random_ids = randomIDs ? 1 : 0
    load.callback_port = receiver.port
    guard let handle = bench_open_start(&load, Double(perSecond), leadMilliseconds) else {
      throw BenchError("the load could not be started")
    }
    self.handle = handle
    self.count = count
  }

  deinit { bench_open_stop(handle) }

  /// The number of creations that have been answered or given up.
  var ended: Int { Int(bench_open_ended(handle)) }
  /// CPU seconds of the client.
  var cpuSeconds: Double { bench_open_cpu_seconds(handle) }

  /// Returns the planned time of a creation, in microseconds of the wall clock.
  func plannedAt(_ index: Int) -> Int64 { bench_open_planned_us(handle, Int64(index)) }

  /// Returns the due time of a timer, in milliseconds of the wall clock.
  func dueAt(_ index: Int) -> Int64 { bench_open_due_ms(handle, Int64(index)) }

  /// Returns the time from the planned creation of a timer to its answer, in microseconds.
  func latency(_ index: Int) -> Int64 { Int64(bench_open_latency_us(handle, Int64(index))) }

  func outcome(_ index: Int) -> Outcome {
    switch bench_open_status(handle, Int64(index)) {
    case 0, BENCH_UNANSWERED: .unanswered
    case 201: .created
    default: .refused
    }
  }

  /// The end of a creation.
  enum Outcome {
    /// Acknowledged.
    case created
    /// Answered with an error, and possibly carried out nevertheless.
    case refused
    /// Not answered in time.
    case unanswered
  }
}
