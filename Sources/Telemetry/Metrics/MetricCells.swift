import CoreMetrics
import Synchronization

/// A counter: one atomic.
final class CounterCell: CounterHandler {
  private let count = Atomic<Int64>(0)

  var value: Int64 { count.load(ordering: .relaxed) }

  func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { count.store(0, ordering: .relaxed) }
}

/// A gauge: the bits of a number in one atomic.
final class GaugeCell: MeterHandler {
  private let bits = Atomic<UInt64>(0)

  var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

  func increment(by amount: Double) {
    var old = bits.load(ordering: .relaxed)
    while true {
      let new = (Double(bitPattern: old) + amount).bitPattern
      let (exchanged, original) = bits.weakCompareExchange(
        expected: old, desired: new, ordering: .relaxed)
      if exchanged { return }
      old = original
    }
  }

  func decrement(by amount: Double) { increment(by: -amount) }
}

/// A histogram: an atomic for each bucket, and one for the sum.
///
/// Unchecked, since it holds a pointer: what it points to is atomics, made before and freed after all use.
final class HistogramCell: RecorderHandler, TimerHandler, @unchecked Sendable {
  /// Upper bounds of all buckets but the last, which has none.
  private let bounds: [Int64]
  private let buckets: UnsafeMutablePointer<Atomic<Int64>>
  private let total = Atomic<Int64>(0)

  init(bounds: [Int64]) {
    self.bounds = bounds
    buckets = .allocate(capacity: bounds.count + 1)
    for index in 0...bounds.count { (buckets + index).initialize(to: Atomic(0)) }
  }

  deinit {
    buckets.deinitialize(count: bounds.count + 1)
    buckets.deallocate()
  }

  func record(_ value: Int64) {
    var index = 0
    while index < bounds.count, bounds[index] < value { index += 1 }
    buckets[index].wrappingAdd(1, ordering: .relaxed)
    total.wrappingAdd(value, ordering: .relaxed)
  }

  func record(_ value: Double) {
    // What is not a number is counted as none.
    record(value.isNaN ? 0 : Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max))
  }
  func recordNanoseconds(_ duration: Int64) { record(duration) }

  /// The sum of all values, and how many were at or below each bound, all of them last.
  var reading: (sum: Int64, cumulated: [Int64]) {
    var counted: Int64 = 0
    let cumulated = (0...bounds.count).map { index in
      counted += buckets[index].load(ordering: .relaxed)
      return counted
    }
    return (total.load(ordering: .relaxed), cumulated)
  }
}
