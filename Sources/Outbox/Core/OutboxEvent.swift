package import TimerModel

/// An event that the outbox engine handles.
package enum OutboxEvent: Sendable {
  /// Publish the messages of these shards from now on, and of no others.
  case own([Int])
  /// The node's lease lasts until this time: publish nothing afterwards.
  case leaseExtended(until: MonotonicInstant)
  /// A write of this node has left messages.
  case written
  /// The store was asked for messages; nil if it failed.
  case read([OutboxEntry]?)
  /// A topic was searched; nil if that failed.
  case searched([OutboxEntry], found: Set<FiringID>?)
  /// Messages were handed to the publisher.
  case published([OutboxEntry], [PublishVerdict])
  /// The store was asked to forget messages; false if it failed.
  case removed([Int64], Bool)
  /// Publish what is there, and end.
  case drain
  /// End at once; the store keeps what is not published yet.
  case abandon
}

/// An action that the outbox engine asks for.
package enum OutboxAction: Sendable {
  /// Read messages → `read`.
  case read(OutboxPage)
  /// Find out which messages a topic has → `searched`.
  case search(topic: String, [OutboxEntry], since: Timestamp)
  /// Publish messages → `published`.
  case publish([OutboxEntry])
  /// Forget messages → `removed`.
  case remove([Int64])
  /// Report a message that will never be published; nothing comes back.
  case drop(OutboxEntry, reason: String)
}
