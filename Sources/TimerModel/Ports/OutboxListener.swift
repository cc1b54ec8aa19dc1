/// Hears that a write has left messages in the outbox. Implemented by the Outbox, called by those who write.
public protocol OutboxListener: Sendable {
  /// Takes note of it. Never blocks; if it gets lost, a sweep finds the messages.
  func messagesWritten()
}
