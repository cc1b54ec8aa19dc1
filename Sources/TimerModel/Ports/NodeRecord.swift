/// The record that one run of a node shares with the others.
public struct NodeRecord: Hashable, Sendable {
  /// The name of the run, which no other run has.
  public var id: NodeID
  /// The start of the run, by the store's clock.
  public var startedAt: Timestamp
  /// The version of the service that it runs.
  public var version: String
  /// The store's clock minus the node's own, as the node estimates it; nil before the first estimate.
  public var clockOffsetMicroseconds: Int64?
  /// True if it is stopping, and takes no shard any more.
  public var isDraining: Bool

  /// Creates a record; `startedAt` is by the store's clock.
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
  /// The record that came with its last heartbeat.
  public var record: NodeRecord
  /// The time of its last heartbeat, by the store's wall clock.
  public var seenAt: Timestamp

  /// Creates a live node; `seenAt` is by the store's wall clock.
  public init(record: NodeRecord, seenAt: Timestamp) {
    self.record = record
    self.seenAt = seenAt
  }
}
