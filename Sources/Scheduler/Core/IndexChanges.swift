import TimerModel

/// The changes to write to the index after claims: timers that these settled, and those that turned out to be due later.
struct IndexChanges: Equatable, Sendable {
  var remove: [DueEntry] = []
  var move: [DueEntry] = []

  var isEmpty: Bool { remove.isEmpty && move.isEmpty }

  /// Removes nothing any more of timers that are added again.
  mutating func keep(_ added: [DueEntry]) {
    guard !remove.isEmpty, !added.isEmpty else { return }
    let keys = Set(added.map(\.key))
    remove.removeAll { keys.contains($0.key) }
  }

  /// Returns those of `added` that do not collide with a removal, and those that do.
  func split(_ added: [DueEntry]) -> (free: [DueEntry], colliding: [DueEntry]) {
    guard !remove.isEmpty else { return (added, []) }
    let keys = Set(remove.map(\.key))
    let colliding = added.filter { keys.contains($0.key) }
    return colliding.isEmpty ? (added, []) : (added.filter { !keys.contains($0.key) }, colliding)
  }
}
