/// Tells which messages a topic already has.
public protocol PublishedMessages: Sendable {
  /// Looks for messages among the records that a topic holds at the time of the call.
  ///
  /// - Parameters:
  ///   - messages: the ids that are looked for.
  ///   - since: no record of theirs is older, by the clock of any node.
  /// - Returns: those of `messages` that are there.
  func published(
    _ messages: Set<FiringID>, in topic: String, since: Timestamp
  ) async throws -> Set<FiringID>
}

extension OutboxMessage {
  /// The header by which a record of the outbox is known again; its value is the message's id.
  public static let idHeader = "timerd-message-id"
}
