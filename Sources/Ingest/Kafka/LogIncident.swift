package import KafkaClient

/// A partition's log was not as the store remembers it.
package struct LogIncident: Hashable, Sendable {
  /// The kinds of incidents.
  package enum Kind: Hashable, Sendable {
    /// Records were deleted before they were read; at most so many.
    case lost(Int64)
    /// The log ends before the offset on record, and begins with records that were read before: it was cut off, or restored from a copy.
    case cutOff
    /// Other records stand where others were read: the topic was made again, or is that of another cluster.
    case replaced
    /// The offset on record is none.
    case unreadable
    /// This group has nothing on record, and another one, whose name is told, has read the partition before.
    case readByAnother(String)
  }

  package var partition: KafkaPartition
  /// The kind of incident.
  package var kind: Kind
  /// The offset that was on record.
  package var onRecord: Int64?
  /// The offset at which reading continues.
  package var from: Int64

  package init(_ kind: Kind, of partition: KafkaPartition, onRecord: Int64?, from: Int64) {
    self.kind = kind
    self.partition = partition
    self.onRecord = onRecord
    self.from = from
  }

  /// The maximum number of records that were lost.
  package var lostRecords: Int64 { if case .lost(let count) = kind { count } else { 0 } }

  /// True if an operator must look at it.
  package var needsAttention: Bool { if case .readByAnother = kind { false } else { true } }
}

extension LogIncident: CustomStringConvertible {
  /// One line that says what happened and what to do.
  package var description: String {
    let place = onRecord.map { "offset \($0)" } ?? "no offset"
    switch kind {
    case .lost(let count):
      return """
        up to \(count) commands of \(partition) were deleted before they were read: \(place) is on record and the log begins at \
        \(from). Reading goes on there. Send the lost commands again, and give the topic a longer retention
        """
    case .cutOff:
      return """
        the log of \(partition) ends before \(place), which is on record: it was cut off or restored. Reading goes on at \(from), \
        behind what was read before; commands of the last minutes may be carried out again. Find out why the broker lost records
        """
    case .replaced:
      return """
        the log of \(partition) is not the one that was read up to \(place): the topic was made again, or the brokers are others. \
        It is read from \(from); creations that may have been carried out before are rejected. Check that this is the right topic
        """
    case .unreadable:
      return """
        \(place) is on record for \(partition), where no record can be. The log is read from \(from); creations that may have been \
        carried out before are rejected. Check the table command_offsets
        """
    case .readByAnother(let group):
      return """
        this group has read nothing of \(partition) yet, but group \(group) has. It is read from \(from) once more; creations whose \
        timers are gone are rejected
        """
    }
  }
}
