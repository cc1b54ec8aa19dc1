/// A record for a topic, kept in the store from the write that gave cause to it until a broker has it.
public struct OutboxMessage: Hashable, Sendable {
  /// Tells copies apart from other messages; drawn when the message is made.
  public var id: FiringID
  /// The shard whose owner publishes it.
  public var shard: Int
  /// The name of the topic to publish it to.
  public var topic: String
  /// The record's key, by which Kafka chooses the partition; nil is null.
  public var key: [UInt8]?
  /// The record's headers, in order.
  public var headers: [Header]
  /// The record's value; nil is a tombstone.
  public var value: [UInt8]?

  /// Creates a message; draws its id unless it is given.
  public init(
    id: FiringID = .random(), shard: Int, topic: String, key: [UInt8]?, headers: [Header], value: [UInt8]?
  ) {
    self.id = id
    self.shard = shard
    self.topic = topic
    self.key = key
    self.headers = headers
    self.value = value
  }
}

extension OutboxMessage {
  /// The bytes of its key, value and headers.
  public var size: Int {
    (key?.count ?? 0) + (value?.count ?? 0)
      + headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
  }
}

/// A message as the outbox holds it.
public struct OutboxEntry: Hashable, Sendable {
  /// Its place: grows with each write to the same timer.
  public var position: Int64
  /// The time of writing, by the store's clock.
  public var createdAt: Timestamp
  /// The message as it was written.
  public var message: OutboxMessage

  /// Creates an entry; `createdAt` is by the store's clock.
  public init(position: Int64, createdAt: Timestamp, message: OutboxMessage) {
    self.position = position
    self.createdAt = createdAt
    self.message = message
  }
}

/// Selects messages of an outbox.
public struct OutboxPage: Hashable, Sendable {
  /// The shards whose messages are read.
  public var shards: [Int]
  /// The topics that are passed over.
  public var excludedTopics: Set<String>
  /// The maximum number of messages.
  public var limit: Int
  /// The maximum number of bytes of keys, values and headers; the first message is read whatever its size.
  public var byteLimit: Int

  /// Creates a page, of at most 1,000 messages and 16 MiB unless told otherwise.
  public init(
    shards: [Int], excludedTopics: Set<String> = [], limit: Int = 1000, byteLimit: Int = 16 << 20
  ) {
    self.shards = shards
    self.excludedTopics = excludedTopics
    self.limit = limit
    self.byteLimit = byteLimit
  }

  /// The entries that belong to the page, of `entries` in the order of their positions.
  public func select(_ entries: some Sequence<OutboxEntry>) -> [OutboxEntry] {
    let shards = Set(shards)
    var budget = ClaimBudget(bytes: byteLimit)
    let wanted = entries.lazy.filter { entry in
      shards.contains(entry.message.shard) && !self.excludedTopics.contains(entry.message.topic)
    }
    return wanted.prefix(limit).filter { budget.spend($0.message.size) }
  }
}

/// Optional power of a store: messages that are written with what they tell of, and read until they are published.
///
/// The messages of a settlement or a cancel are written if, and only if, it takes effect.
public protocol TimerOutbox: TimerStore {
  /// Reads messages, oldest first; those of one timer in the order of its changes.
  func outbox(_ page: OutboxPage) async throws -> [OutboxEntry]

  /// Forgets messages that were published; positions that are unknown are passed over.
  func removeFromOutbox(_ positions: [Int64]) async throws

  /// Returns the number of waiting messages, counted up to `limit`.
  func outboxCount(limit: Int) async throws -> Int
}

/// Publishes records. Implemented over a broker's client.
public protocol MessagePublisher: Sendable {
  /// Publishes messages, those with the same topic and key in order. Returns within a bounded time.
  ///
  /// - Returns: one verdict per message, in order.
  func publish(_ messages: [OutboxMessage]) async -> [PublishVerdict]
}

/// The result of publishing a message.
public enum PublishVerdict: Hashable, Sendable {
  /// The broker has it, as durably as it was asked to.
  case published
  /// It may succeed later; the broker may have it all the same.
  case failed(String)
  /// It will never succeed: the broker does not accept such a message.
  case unpublishable(String)
}
