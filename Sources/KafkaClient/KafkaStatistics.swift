import TimerModel

/// Statistics that librdkafka reports at intervals.
public struct KafkaStatistics: Sendable {
  /// Messages in the producer's queues, in flight included.
  public var queuedMessages: Int64
  /// Their bytes.
  public var queuedBytes: Int64
  /// Messages sent, or consumed, since the start, by kind of client.
  public var sentMessages: Int64
  /// Messages consumed since the start.
  public var receivedMessages: Int64
  /// The number of connected brokers.
  public var connectedBrokers: Int
  /// For each partition that is assigned, how many records follow the committed offset.
  public var lag: [KafkaPartition: Int64]
  /// Records that librdkafka has fetched and nobody has taken.
  public var fetchedMessages: Int64
  /// All of it: librdkafka's JSON text (STATISTICS.md there).
  public var json: [UInt8]

  /// Reads librdkafka's JSON; nil if it is none.
  public init?(json: [UInt8]) {
    guard let text = try? JSONText(json, maxDepth: 16) else { return nil }  // Statistics are worth no error.
    let root = text.named
    func integer(_ name: String) -> Int64 { root[name]?.integer ?? 0 }
    self.json = json
    queuedMessages = integer("msg_cnt")
    queuedBytes = integer("msg_size")
    sentMessages = integer("txmsgs")
    receivedMessages = integer("rxmsgs")
    connectedBrokers =
      (root["brokers"]?.members ?? []).filter { $0.value.named["state"]?.string == "UP" }.count
    lag = [:]
    fetchedMessages = 0
    for (topic, value) in root["topics"]?.members ?? [] {
      for (number, partition) in value.named["partitions"]?.members ?? [] {
        guard let number = Int32(number), number >= 0 else { continue }
        let values = partition.named
        fetchedMessages = fetchedMessages.adding(values["fetchq_cnt"]?.integer ?? 0)
        // One that another member of the group has now keeps the lag that it had here.
        guard values["desired"]?.boolean == true else { continue }
        guard let behind = values["consumer_lag"]?.integer, behind >= 0 else { continue }
        lag[KafkaPartition(topic: topic, number: number)] = behind
      }
    }
  }
}

extension KafkaStatistics {
  /// The records of all partitions that wait to be read.
  public var totalLag: Int64 { lag.values.reduce(0) { $0.adding($1) } }
}

extension Int64 {
  /// The sum, or the nearest number that there is.
  fileprivate func adding(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other > 0 ? .max : .min) : sum
  }
}

extension JSONText {
  /// The members of an object by name.
  fileprivate var named: [String: JSONText] {
    Dictionary((members ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}
