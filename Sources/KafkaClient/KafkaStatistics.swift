import JSONBytes

/// Statistics that librdkafka reports at intervals.
package struct KafkaStatistics: Sendable {
  /// Messages in the producer's queues, in flight included.
  package var queuedMessages: Int64
  /// Their bytes.
  package var queuedBytes: Int64
  /// Messages sent, or consumed, since the start, by kind of client.
  package var sentMessages: Int64
  /// Messages consumed since the start.
  package var receivedMessages: Int64
  /// The number of connected brokers.
  package var connectedBrokers: Int
  /// The records of each assigned partition that were not handed out yet.
  package var lag: [KafkaPartition: Int64]
  /// Records that librdkafka has fetched and nobody has taken.
  package var fetchedMessages: Int64
  /// All of it: librdkafka's JSON text (STATISTICS.md there).
  package var json: [UInt8]

  /// Reads librdkafka's JSON; nil if it is none.
  package init?(json: [UInt8]) {
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
        // Another member's partition keeps the numbers that it had here.
        guard values["desired"]?.boolean == true, let end = values["hi_offset"]?.integer, end >= 0,
          let position = ["app_offset", "next_offset"].lazy.compactMap({ values[$0]?.integer })
            .first(where: { $0 >= 0 })
        else { continue }
        lag[KafkaPartition(topic: topic, number: number)] = max(0, end - position)
      }
    }
  }
}

extension KafkaStatistics {
  /// Returns the records of all partitions that wait, `held` in the node included.
  package func totalLag(including held: Int) -> Int {
    Int(clamping: lag.values.reduce(Int64(held)) { $0.adding($1) })
  }
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
