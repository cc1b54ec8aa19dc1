import DequeModule
import TimerModel

/// Tracks the operations that the index has not answered, and tells when it is slow.
///
/// The claim cycle has one read or change outstanding at a time. If that is given up, its answer is still awaited, so that it is not taken
/// for the answer to a later one. Additions are outstanding in any number.
struct PendingIndexOperations: Sendable {
  /// Entries on their way to the index.
  private struct Addition: Sendable {
    let startedAt: MonotonicInstant
    /// Those in shards of other nodes: if they do not arrive, only this node knows of them.
    var foreign: [DueEntry]
  }

  private let timeout: Duration
  /// The start of the outstanding read or change; `distantFuture` if there is none.
  private var startedAt = MonotonicInstant.distantFuture
  private var givenUp = (reads: 0, changes: 0)
  private var additions = Deque<Addition>()

  /// True if an answer was owed for longer than the timeout when that was last checked, and has not come since.
  private(set) var isSlow = false

  init(timeout: Duration) { self.timeout = timeout }

  var hasAdditions: Bool { !additions.isEmpty }

  /// The time at which the first answer that is owed is overdue; `distantFuture` if none is, or the index is slow already.
  var overdueAt: MonotonicInstant {
    guard !isSlow else { return .distantFuture }
    let earliest = min(startedAt, additions.first?.startedAt ?? .distantFuture)
    return earliest == .distantFuture ? .distantFuture : earliest + timeout
  }

  /// Starts to wait for the answer to a read or change.
  mutating func start(at now: MonotonicInstant) { startedAt = now }

  /// Ends a read or change; returns false if it was given up before.
  mutating func end(_ operation: IndexHealth.Operation) -> Bool {
    switch operation {
    case .read where givenUp.reads > 0: givenUp.reads -= 1
    case .change where givenUp.changes > 0: givenUp.changes -= 1
    case .read, .change:
      startedAt = .distantFuture
      return true
    }
    return false
  }

  /// Gives up the outstanding read or change if its answer is overdue, and returns true then.
  mutating func giveUpIfOverdue(_ operation: IndexHealth.Operation, at now: MonotonicInstant) -> Bool {
    guard isOverdue(startedAt, at: now) else { return false }
    switch operation {
    case .read: givenUp.reads += 1
    case .change: givenUp.changes += 1
    }
    startedAt = .distantFuture
    return true
  }

  /// Starts to wait for an addition; `foreign` are its entries of other nodes' shards.
  mutating func startAddition(foreign: [DueEntry], at now: MonotonicInstant) {
    additions.append(Addition(startedAt: now, foreign: foreign))
  }

  mutating func endAddition() { _ = additions.popFirst() }

  /// Returns the entries of other nodes' shards that may not have arrived; each is returned once.
  ///
  /// Answers need not come in the order of the additions: after a failure all that are on their way are in doubt.
  mutating func takeForeignEntries() -> [DueEntry] {
    var foreign: [DueEntry] = []
    for place in additions.indices {
      foreign += additions[place].foreign
      additions[place].foreign = []
    }
    return foreign
  }

  /// Checks how long answers have been owed; returns true if that changes `isSlow`.
  mutating func updateSlowness(at now: MonotonicInstant) -> Bool {
    let wasSlow = isSlow
    isSlow =
      givenUp.reads + givenUp.changes > 0
      || additions.first.map { isOverdue($0.startedAt, at: now) } ?? false
    return isSlow != wasSlow
  }

  private func isOverdue(_ startedAt: MonotonicInstant, at now: MonotonicInstant) -> Bool {
    startedAt != .distantFuture && now.microseconds(since: startedAt) >= timeout.microseconds
  }
}
