import JSONBytes
import TimerModel

/// Statistics that librdkafka reports at intervals (STATISTICS.md there).
package struct KafkaStatistics: Sendable {
  /// The records of each assigned partition that were not handed out yet.
  package var lag: [KafkaPartition: Int64] = [:]

  /// Reads librdkafka's JSON; nil if it is not valid.
  package init?(json: [UInt8]) {
    guard let text = try? JSONText(json, maxDepth: 16) else { return nil }  // Statistics are worth no error.
    for (topic, value) in text.named["topics"]?.members ?? [] {
      for (number, partition) in value.named["partitions"]?.members ?? [] {
        guard let number = Int32(number), number >= 0 else { continue }
        let values = partition.named
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
    Int(clamping: lag.values.reduce(Int64(held)) { $0.addingSaturated($1) })
  }
}

extension JSONText {
  /// The members of an object by name.
  fileprivate var named: [String: JSONText] {
    Dictionary((members ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}
