package import TimerModel

/// The keys of a request without repetitions, in the order in which rows are locked.
package struct KeyOrder: Sendable {
  /// The distinct keys in order.
  package let sorted: [TimerKey]
  /// For each of `sorted` where it comes first in the request.
  package let ranks: [Int32]
  /// For each key of the request where it comes first.
  package let firsts: [Int]

  /// Finds the order of the keys of one request.
  package init(_ keys: [TimerKey]) {
    var first: [TimerKey: Int] = [:]
    firsts = keys.enumerated().map { index, key in
      if let earlier = first[key] { return earlier }
      first[key] = index
      return index
    }
    sorted = first.keys.sorted()
    ranks = sorted.map { Int32(first[$0] ?? 0) }
  }
}
