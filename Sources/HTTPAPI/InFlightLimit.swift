import Synchronization

/// Counts the requests that are being worked on.
final class InFlightLimit: Sendable {
  private let count = Atomic(0)
  private let limit: Int

  init(_ limit: Int) { self.limit = limit }

  /// The number of entries.
  var current: Int { count.load(ordering: .relaxed) }

  /// Takes a place, unless there is none.
  func enter() -> Bool {
    guard count.add(1, ordering: .relaxed).newValue > limit else { return true }
    leave()
    return false
  }

  /// Gives a place back.
  func leave() { count.subtract(1, ordering: .relaxed) }
}
