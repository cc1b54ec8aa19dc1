/// What an operator can set about commands from Kafka.
public struct KafkaIngestConfiguration: Sendable {
  /// The consumer group; the store keeps an offset for each.
  public var group = "timerd"
  /// The topic of commands.
  public var topic = "timer-commands"
  /// Where commands go that were not carried out.
  public var rejectedTopic = "timer-commands-rejected"
  /// How many records are applied at once.
  public var batchLimit = 1000
  /// How many bytes of records are applied at once; a larger record goes alone.
  public var batchBytes = 4 << 20
  /// How many batches are under way at once, of one partition each.
  public var maxBatchesInFlight = 4
  /// How many records of one partition wait before it is paused; it is read again at half of that.
  public var bufferLimit = 4000
  /// How many bytes of all partitions wait before those that have some are paused.
  public var bufferBytes = 32 << 20
  /// How long to wait after an error of the store; doubled up to 16 times this.
  public var storeBackoff: Duration = .milliseconds(100)
  /// How often the logs of the partitions that are read are looked at: whether they are still those that were read before.
  public var lookInterval: Duration = .seconds(20)
  /// How long after an error that an operator must mend they are looked at.
  public var lookPause: Duration = .seconds(2)
  /// How long one look may take.
  public var lookTimeout: Duration = .seconds(10)

  /// Makes a configuration with the defaults of docs/configuration.md.
  public init() {}
}
