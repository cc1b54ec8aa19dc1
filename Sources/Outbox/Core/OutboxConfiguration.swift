/// The limits and waits of publishing from the outbox.
package struct OutboxConfiguration: Sendable {
  /// The topic to which no message may go twice; nil if there is none. Its messages are in no order.
  package var exactlyOnceTopic: String?
  /// The maximum number of messages read at once.
  package var pageLimit = 1000
  /// The maximum number of bytes of values read at once.
  package var pageBytes = 16 << 20
  /// The interval at which the store is asked for messages of which this node was not told.
  package var sweepInterval: Duration = .seconds(1)
  /// The wait after a topic did not accept a message; doubled up to 16 times.
  package var topicBackoff: Duration = .milliseconds(250)
  /// The wait after the store failed; doubled up to 16 times.
  package var storeBackoff: Duration = .milliseconds(100)
  /// The time for which a shard's earlier owner may still be publishing; longer than one call of the
  /// publisher takes.
  package var quarantine: Duration = .seconds(7)
  /// The maximum difference between the clocks of nodes and brokers when a topic is searched.
  package var searchMargin: Duration = .seconds(3600)

  /// Creates a configuration with the defaults.
  package init(exactlyOnceTopic: String? = nil) { self.exactlyOnceTopic = exactlyOnceTopic }
}
