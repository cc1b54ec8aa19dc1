/// What one run of a node tells the others about itself.
public struct NodeRecord: Hashable, Sendable {
  /// The run.
  public var id: NodeID
  /// When it started, by the store's clock.
  public var startedAt: Timestamp
  /// The version that it runs.
  public var version: String
  /// The store's clock minus the node's own, as the node estimates it; nil before the first estimate.
  public var clockOffsetMicroseconds: Int64?
  /// Whether it is stopping, and takes no shard any more.
  public var isDraining: Bool

  /// Makes a record.
  public init(
    id: NodeID, startedAt: Timestamp, version: String, clockOffsetMicroseconds: Int64? = nil,
    isDraining: Bool = false
  ) {
    self.id = id
    self.startedAt = startedAt
    self.version = version
    self.clockOffsetMicroseconds = clockOffsetMicroseconds
    self.isDraining = isDraining
  }
}

/// A node whose heartbeat has not run out.
public struct LiveNode: Hashable, Sendable {
  /// What it said of itself.
  public var record: NodeRecord
  /// When it said so, by the store's wall clock.
  public var seenAt: Timestamp

  /// Makes a live node.
  public init(record: NodeRecord, seenAt: Timestamp) {
    self.record = record
    self.seenAt = seenAt
  }
}
