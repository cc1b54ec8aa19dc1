/// Gives commands the messages that go out when they take effect, and tells who publishes them.
public struct CommandOutbox: Sendable {
  private let policy: OutboxPolicy
  private let listener: any OutboxListener
  private let clock: any NodeClock

  /// Creates one that takes the time of messages from `clock`.
  public init(policy: OutboxPolicy, listener: any OutboxListener, clock: any NodeClock) {
    self.policy = policy
    self.listener = listener
    self.clock = clock
  }

  /// The command with its messages.
  public func attachingMessages(to command: TimerCommand) -> TimerCommand {
    policy.attachingMessages(to: command, at: clock.now().store)
  }

  /// Notes that messages were stored.
  public func messagesWritten() { listener.messagesWritten() }

  /// Notes that commands were stored.
  public func heed(_ commands: [TimerCommand]) {
    let mayHaveWritten = commands.contains { command in
      if case .cancel(let cancel) = command { !cancel.messages.isEmpty } else { false }
    }
    if mayHaveWritten { listener.messagesWritten() }
  }
}
