package import Telemetry
package import TimerModel

/// Counts what commands from one place did.
package struct CommandMeters: Sendable {
  private let created: Count
  private let updated: Count
  private let cancelled: Count
  private let rejected: ByLabel<RejectionReason, Count>
  private let queueOverflows: Count

  /// Creates meters for commands from `origin`.
  package init(_ instruments: Instruments, origin: CommandOrigin) {
    created = instruments.counts(.timersCreated, by: CommandOrigin.self)[origin]
    updated = instruments.counts(.timersUpdated, by: CommandOrigin.self)[origin]
    cancelled = instruments.counts(.timersCancelled, by: CommandOrigin.self)[origin]
    rejected =
      instruments.counts(.commandsRejected, by: CommandOrigin.self, and: RejectionReason.self)[origin]
    queueOverflows = instruments.counts(.queueOverflows, by: QueueName.self)[.commands]
  }

  /// Counts the results of a batch that has been committed.
  package func count(_ results: [CommandResult]) {
    for result in results {
      switch result {
      case .created: created.add()
      case .updated: updated.add()
      case .cancelled: cancelled.add()
      case .repeated, .unchanged: break
      case .rejected(let rejection): rejected[RejectionReason(rejection)].add()
      }
    }
  }

  /// Counts commands that the store could not carry out.
  package func failed(_ count: Int) { rejected[.storeFailed].add(count) }

  /// Counts commands that broke rules.
  package func invalid(_ count: Int) { rejected[.invalid].add(count) }

  func overloaded() { queueOverflows.add() }
}
