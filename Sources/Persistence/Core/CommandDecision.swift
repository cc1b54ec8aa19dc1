package import TimerModel

/// Decides the effect of commands on the timers that they name, before it is written.
package struct CommandDecision {
  /// The store's clocks when the decision is made.
  package let now: StoreTime
  private let stored: [TimerKey: Timer]
  /// The faults of the rows that cannot be read.
  private let unreadable: [TimerKey: String]
  private var decided: [TimerKey: Timer]
  /// The creations that make new timers, in the order of keys.
  package private(set) var creations: [CreateTimer] = []
  /// The messages that go to the outbox with the commands, in their order.
  package private(set) var messages: [OutboxMessage] = []

  /// Begins with the timers as they are stored; `unreadable` has the faults of the rows that cannot be read.
  package init(stored: [TimerKey: Timer], unreadable: [TimerKey: String], now: StoreTime) {
    self.stored = stored
    self.unreadable = unreadable
    self.now = now
    decided = stored
  }

  /// The timers whose rows must be written again, in the order of keys.
  package var changed: [Timer] {
    let created = Dictionary(creations.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return decided.values.filter { timer in
      let before = created[timer.key].map { Timer(creating: $0, at: now.wall) } ?? stored[timer.key]
      return timer != before
    }.sorted { $0.key < $1.key }
  }

  /// The timers whose tags are not those that they had before, in the order of keys.
  package var retagged: [Timer] {
    decided.values.filter { $0.definition.tags != (stored[$0.key]?.definition.tags ?? [:]) }
      .sorted { $0.key < $1.key }
  }

  /// Applies commands in order.
  ///
  /// - Returns: one result for each, in order.
  package mutating func apply(_ commands: [TimerCommand]) -> [CommandResult] {
    defer { creations.sort { $0.key < $1.key } }
    return commands.map { command in
      // The other commands of the batch are not held up by it.
      if let fault = unreadable[command.key] { return .rejected(.unreadable(fault)) }
      var timer = decided[command.key]
      let result = Timer.apply(command, to: &timer, at: now)
      messages += command.messages(before: decided[command.key], result)
      switch result {
      case .created, .updated, .cancelled: decided[command.key] = timer
      case .repeated, .unchanged, .rejected: break
      }
      if case .created = result, case .create(let create) = command { creations.append(create) }
      return result
    }
  }
}
