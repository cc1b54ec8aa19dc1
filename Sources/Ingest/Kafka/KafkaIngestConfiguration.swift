/// The settings of commands from Kafka.
package struct KafkaIngestConfiguration: Sendable {
  /// The consumer group; the store keeps an offset for each.
  package var group = "timerd"
  /// The topic of commands.
  package var topic = "timer-commands"
  /// The topic for rejected commands.
  package var rejectedTopic = "timer-commands-rejected"
  /// The maximum number of records applied at once.
  package var batchLimit = 1000
  /// The maximum number of bytes of records applied at once; a larger record is applied alone.
  package var batchBytes = 4 << 20
  /// The maximum number of batches in flight, of one partition each.
  package var maxBatchesInFlight = 4
  /// The number of waiting records at which a partition is paused; it is read again at half of that.
  package var bufferLimit = 4000
  /// The number of waiting bytes, over all partitions, at which those with waiting records are paused.
  package var bufferBytes = 32 << 20
  /// The wait after an error of the store; doubled up to 16 times.
  package var storeBackoff: Duration = .milliseconds(100)
  /// The interval at which the logs of assigned partitions are checked: they must still be those that were
  /// read before.
  package var logCheckInterval: Duration = .seconds(20)
  /// The wait before the next check after an error that an operator must fix.
  package var logCheckRetryDelay: Duration = .seconds(2)
  /// The timeout of one check.
  package var logCheckTimeout: Duration = .seconds(10)

  /// Creates a configuration with the defaults of docs/configuration.md.
  package init() {}
}
