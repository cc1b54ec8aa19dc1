/// The lateness of callbacks, in milliseconds.
struct Lateness: CustomStringConvertible {
  private let sorted: [Int64]

  init(_ milliseconds: some Sequence<Int64>) { sorted = milliseconds.sorted() }

  var min: Int64 { sorted.first ?? 0 }
  var max: Int64 { sorted.last ?? 0 }

  var description: String {
    "n \(sorted.count), min \(min), p50 \(at(0.5)), p99 \(at(0.99)), max \(max) ms"
  }

  private func at(_ share: Double) -> Int64 {
    sorted.isEmpty ? 0 : sorted[Int(Double(sorted.count - 1) * share)]
  }
}
