import Synchronization
import Telemetry
import TimerModel

/// Counts what is claimed and what is not, and shows how far behind the scheduler is.
final class SchedulerMeters: Sendable {
  private struct Seen {
    var usesIndex = true
    var indexRebuilds = 0
    /// As far as the engine knows.
    var earliestDueAt: Timestamp?
    /// As the last sweep found.
    var longestOverdueAt: Timestamp?
  }

  private let claims: Count
  private let unclaimed: ByLabel<UnclaimedReason, Count>
  private let backlog: Gauge
  private let indexEntries: Gauge
  private let indexInUse: Gauge
  private let rebuilds: Count
  private let repairs: Count
  private let notificationsDropped: Count
  private let clock: any NodeClock
  private let seen = Mutex(Seen())

  init(_ instruments: Instruments, clock: any NodeClock) {
    claims = instruments.count(.claims)
    unclaimed = instruments.counts(.unclaimedTimers, by: UnclaimedReason.self)
    backlog = instruments.gauge(.dueBacklog)
    indexEntries = instruments.gauge(.indexEntries)
    indexInUse = instruments.gauge(.indexInUse)
    rebuilds = instruments.count(.indexRebuilds)
    repairs = instruments.count(.indexRepairs)
    notificationsDropped = instruments.counts(.queueOverflows, by: QueueName.self)[.dueNews]
    self.clock = clock
    let age = instruments.gauge(.oldestDueAge)
    instruments.onScrape { [weak self] in
      if let self { age.set(self.oldestDueAge) }
    }
  }

  /// Looks at the engine after a step.
  func stepped(_ engine: SchedulerEngine) {
    let rebuilt = seen.withLock { seen in
      defer { seen.indexRebuilds = engine.indexRebuilds }
      seen.usesIndex = engine.usesIndex
      seen.earliestDueAt = engine.earliestDueAt
      return engine.indexRebuilds - seen.indexRebuilds
    }
    if rebuilt > 0 { rebuilds.add(rebuilt) }
    indexEntries.set(engine.indexCount)
    indexInUse.set(engine.usesIndex ? 1 : 0)
  }

  func claimed(_ verdicts: [ClaimVerdict]) {
    var claimed = 0
    for verdict in verdicts {
      if let reason = UnclaimedReason(verdict) { unclaimed[reason].add() } else { claimed += 1 }
    }
    claims.add(claimed)
  }

  /// Notes what a sweep found; while the index is in use that is what the index had missed.
  func swept(_ entries: [DueEntry], grace: Duration) {
    let before = clock.now().store - grace
    let overdue = entries.filter { $0.dueAt < before }
    backlog.set(overdue.count)
    let usesIndex = seen.withLock { seen in
      seen.longestOverdueAt = overdue.map(\.dueAt).min()
      return seen.usesIndex
    }
    if usesIndex { repairs.add(entries.count) }
  }

  func droppedNotifications(_ count: Int) { notificationsDropped.add(count) }

  private var oldestDueAge: Double {
    let oldest = seen.withLock { [$0.earliestDueAt, $0.longestOverdueAt].compactMap(\.self).min() }
    guard let oldest else { return 0 }
    return max(0, Double(Timestamp.millisecondsBetween(oldest, clock.now().store)) / 1000)
  }
}
