/// What an operator or a test can set about the outbox.
public struct OutboxConfiguration: Sendable {
  /// The topic to which no message may go twice; nil if there is none. Its messages are in no order.
  public var exactTopic: String?
  /// How many messages are read at once.
  public var pageLimit = 1000
  /// How many bytes of values are read at once.
  public var pageBytes = 16 << 20
  /// How often the store is asked for messages that this node was not told of.
  public var sweepInterval: Duration = .seconds(1)
  /// How long to stay away from a topic that did not take a message; doubled up to 16 times this.
  public var topicBackoff: Duration = .milliseconds(250)
  /// How long to wait after the store failed; doubled up to 16 times this.
  public var storeBackoff: Duration = .milliseconds(100)
  /// How long a shard's earlier owner may still be publishing; longer than one call of the publisher takes.
  public var quarantine: Duration = .seconds(7)
  /// How far the clocks of nodes and brokers may be apart where a topic is searched.
  public var searchMargin: Duration = .seconds(3600)

  /// Makes a configuration with the defaults.
  public init(exactTopic: String? = nil) { self.exactTopic = exactTopic }
}
