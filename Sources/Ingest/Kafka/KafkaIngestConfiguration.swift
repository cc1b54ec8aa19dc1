/// The settings of commands from Kafka.
public struct KafkaIngestConfiguration: Sendable {
  /// The consumer group; the store keeps an offset for each.
  public var group = "timerd"
  /// The topic of commands.
  public var topic = "timer-commands"
  /// The topic for rejected commands.
  public var rejectedTopic = "timer-commands-rejected"
  /// The maximum number of records applied at once.
  public var batchLimit = 1000
  /// The maximum number of bytes of records applied at once; a larger record is applied alone.
  public var batchBytes = 4 << 20
  /// The maximum number of batches in flight, of one partition each.
  public var maxBatchesInFlight = 4
  /// The number of waiting records at which a partition is paused; it is read again at half of that.
  public var bufferLimit = 4000
  /// The number of waiting bytes, over all partitions, at which those with waiting records are paused.
  public var bufferBytes = 32 << 20
  /// The wait after an error of the store; doubled up to 16 times.
  public var storeBackoff: Duration = .milliseconds(100)
  /// The interval at which the logs of assigned partitions are checked: they must still be those that were
  /// read before.
  public var lookInterval: Duration = .seconds(20)
  /// The wait before the next check after an error that an operator must fix.
  public var lookPause: Duration = .seconds(2)
  /// The timeout of one check.
  public var lookTimeout: Duration = .seconds(10)

  /// Creates a configuration with the defaults of docs/configuration.md.
  public init() {}
}
