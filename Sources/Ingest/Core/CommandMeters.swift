package import Telemetry
package import TimerModel

/// Counts what commands from one place did.
package struct CommandMeters: Sendable {
  private let created: Count
  private let updated: Count
  private let cancelled: Count
  private let refused: ByLabel<RefusedCommand, Count>
  private let queueRefusals: Count

  /// Creates meters for commands from `origin`.
  package init(_ instruments: Instruments, origin: CommandOrigin) {
    created = instruments.counts(.timersCreated, by: CommandOrigin.self)[origin]
    updated = instruments.counts(.timersUpdated, by: CommandOrigin.self)[origin]
    cancelled = instruments.counts(.timersCancelled, by: CommandOrigin.self)[origin]
    refused = instruments.counts(.commandsRefused, by: CommandOrigin.self, and: RefusedCommand.self)[origin]
    queueRefusals = instruments.counts(.queueRefusals, by: QueueName.self)[.commands]
  }

  /// Counts the results of a batch that has been committed.
  package func count(_ results: [CommandResult]) {
    for result in results {
      switch result {
      case .created: created.add()
      case .updated: updated.add()
      case .cancelled: cancelled.add()
      case .repeated, .unchanged: break
      case .refused(let refusal): refused[RefusedCommand(refusal)].add()
      }
    }
  }

  /// Counts commands that the store could not carry out.
  package func failed(_ count: Int) { refused[.storeFailed].add(count) }

  /// Counts commands that broke rules.
  package func invalid(_ count: Int) { refused[.invalid].add(count) }

  func refusedByQueue() { queueRefusals.add() }
}

extension RefusedCommand {
  fileprivate init(_ refusal: CommandRefusal) {
    switch refusal {
    case .notFound: self = .notFound
    case .conflict: self = .conflict
    case .revisionMismatch: self = .revisionMismatch
    case .notScheduled: self = .notScheduled
    case .unreadable: self = .storeFailed
    }
  }
}
