/// The position at which a group reads on in a partition, as a store has recorded it.
public struct LogPosition: Hashable, Sendable {
  /// The consumer group that reads on there.
  public var group: String
  /// The offset of the next record.
  public var offset: Int64
  /// Tells the log that was read apart from another one; nil if nothing is on record, or if it cannot be read.
  public var mark: LogMark?

  /// Creates a position; `offset` is that of the next record.
  public init(group: String, offset: Int64, mark: LogMark? = nil) {
    self.group = group
    self.offset = offset
    self.mark = mark
  }
}

/// The positions of one partition that a store has on record.
public struct LogPositions: Hashable, Sendable {
  /// The position of the group that was asked for.
  public var own: LogPosition?
  /// The furthest one of another group.
  public var other: LogPosition?

  /// Creates a pair; nil stands for what is not on record.
  public init(own: LogPosition? = nil, other: LogPosition? = nil) {
    self.own = own
    self.other = other
  }
}

/// Tells a partition's log apart from another one of the same name, and which of its commands may have been carried out before.
public struct LogMark: Hashable, Sendable {
  /// The last record that was read.
  public struct Record: Hashable, Sendable {
    /// The record's offset in its partition.
    public var offset: Int64
    /// The timestamp of the record, in milliseconds since the epoch; nil if it has none.
    public var timestamp: Int64?
    /// A digest of its key, value and time.
    public var digest: UInt64

    /// Creates the description of a record that was read.
    public init(offset: Int64, timestamp: Int64?, digest: UInt64) {
      self.offset = offset
      self.timestamp = timestamp
      self.digest = digest
    }
  }

  /// The last record that was read; nil before the first one.
  public var record: Record?
  /// The number of times the log was found to be another one.
  public var generation: Int
  /// Records that may have been read before; nil if there are none.
  public var replay: LogReplay?

  /// Creates a mark; without arguments that of a log of which nothing has been read.
  public init(record: Record? = nil, generation: Int = 0, replay: LogReplay? = nil) {
    self.record = record
    self.generation = generation
    self.replay = replay
  }

  /// Reads what `description` wrote; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/" as Character, omittingEmptySubsequences: false).map { String($0) }
    guard parts.count == 6, let generation = Int(parts[0]), generation >= 0 else { return nil }
    self.init(generation: generation)
    if !parts[1].isEmpty {
      guard let until = Int64(parts[1]), parts[2] == "all" || parts[2] == "old" else { return nil }
      replay = LogReplay(until: until, isCertain: parts[2] == "all")
    }
    if !parts[3].isEmpty {
      guard let offset = Int64(parts[3]), let digest = UInt64(parts[5], radix: 16) else { return nil }
      record = Record(offset: offset, timestamp: Int64(parts[4]), digest: digest)
    }
  }
}

extension LogMark: CustomStringConvertible {
  /// The text that stores keep and `init` reads, such as `0///1742/1795851769108/9f3c5d1e`.
  public var description: String {
    let replayed = replay.map { "\($0.until)/\($0.isCertain ? "all" : "old")" } ?? "/"
    let last = record.map { record in
      "\(record.offset)/\(record.timestamp.map(String.init) ?? "")/\(String(record.digest, radix: 16))"
    }
    return "\(generation)/\(replayed)/\(last ?? "//")"
  }
}

/// The records of a log that may have been read before.
public struct LogReplay: Hashable, Sendable {
  /// The first offset that was not.
  public var until: Int64
  /// True if all of them were read before; otherwise some may have been.
  public var isCertain: Bool

  /// Creates a range that ends before `until`.
  public init(until: Int64, isCertain: Bool) {
    self.until = until
    self.isCertain = isCertain
  }
}
