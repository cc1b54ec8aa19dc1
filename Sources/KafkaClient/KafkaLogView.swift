/// A partition whose log is to be inspected.
package struct KafkaLogQuery: Hashable, Sendable {
  package var partition: KafkaPartition
  /// The offset of the record to compare; nil compares none.
  package var offset: Int64?
  /// The digest that this record is expected to have.
  package var digest: UInt64?
  /// The timestamp of this record, in milliseconds since the epoch.
  package var timestamp: Int64?

  package init(_ partition: KafkaPartition, offset: Int64?, digest: UInt64? = nil, timestamp: Int64? = nil) {
    self.partition = partition
    self.offset = offset
    self.digest = digest
    self.timestamp = timestamp
  }
}

/// The broker's view of a partition.
package struct KafkaLogView: Hashable, Sendable {
  /// The result of comparing the record at the queried offset.
  package enum Match: Hashable, Sendable {
    /// The record there is the expected one, or none was expected.
    case same
    /// There is another record.
    case different
    /// There is no record, but later ones: compaction or retention took it.
    case gap
    /// The log ends at this offset, at or before the queried one.
    case end(Int64)
    /// It lies outside of what the broker has.
    case outside
  }

  /// The offset of the first record.
  package var low: Int64
  /// The offset after the last record.
  package var end: Int64
  /// The result of the comparison; nil if none was asked for.
  package var match: Match?
  /// The timestamp of the first record, in milliseconds since the epoch; known only if the position is not as
  /// expected.
  package var firstTimestamp: Int64?
  /// The first record that is younger than the expected one, within a margin; known as `firstTimestamp` is, nil where there is none.
  package var younger: Int64?

  package init(
    low: Int64, end: Int64, match: Match? = nil, firstTimestamp: Int64? = nil, younger: Int64? = nil
  ) {
    self.low = low
    self.end = end
    self.match = match
    self.firstTimestamp = firstTimestamp
    self.younger = younger
  }

  /// For how long before the last record that was read others may have been made that came after it: producers' clocks differ, and what they
  /// send may wait for minutes.
  package static let margin = Duration.seconds(300)
}
