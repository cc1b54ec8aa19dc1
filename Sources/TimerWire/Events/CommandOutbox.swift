package import TimerModel

/// Attaches to commands the messages that are sent when they take effect, and notifies the publisher.
package struct CommandOutbox: Sendable {
  private let policy: OutboxPolicy
  private let listener: any OutboxListener
  private let clock: any NodeClock

  /// Creates one that takes the time of messages from `clock`.
  package init(policy: OutboxPolicy, listener: any OutboxListener, clock: any NodeClock) {
    self.policy = policy
    self.listener = listener
    self.clock = clock
  }

  /// Returns the command with the messages to write if it takes effect.
  package func attachingMessages(to command: TimerCommand) -> TimerCommand {
    policy.attachingMessages(to: command, at: clock.now().store)
  }

  /// Notifies the publisher that messages were stored.
  package func messagesWritten() { listener.messagesWritten() }

  /// Notifies the publisher if commands that were stored have written messages.
  package func notifyIfMessagesWritten(_ commands: [TimerCommand]) {
    let mayHaveWritten = commands.contains { command in
      if case .cancel(let cancel) = command { !cancel.messages.isEmpty } else { false }
    }
    if mayHaveWritten { listener.messagesWritten() }
  }
}
