extension TimerCommand {
  /// Returns the messages that go to the outbox with the command: those of a cancel that took effect now, and
  /// not by an earlier one.
  ///
  /// - Parameters:
  ///   - before: the timer as it was before the command.
  ///   - result: what the command did.
  public func messages(before: Timer?, _ result: CommandResult) -> [OutboxMessage] {
    guard case .cancel(let cancel) = self, case .cancelled = result, before?.phase != .cancelled else {
      return []
    }
    return cancel.messages
  }
}
