import Synchronization

/// Counts what is being worked on: requests, or bytes of them.
final class InFlightLimit: Sendable {
  private let count = Atomic(0)
  private let limit: Int

  init(_ limit: Int) { self.limit = limit }

  /// The amount that has entered.
  var current: Int { count.load(ordering: .relaxed) }

  /// Takes room for `amount`, unless there is not enough.
  func enter(_ amount: Int = 1) -> Bool {
    guard count.add(amount, ordering: .relaxed).newValue > limit else { return true }
    leave(amount)
    return false
  }

  /// Gives back room that `enter` has taken.
  func leave(_ amount: Int = 1) { count.subtract(amount, ordering: .relaxed) }
}
