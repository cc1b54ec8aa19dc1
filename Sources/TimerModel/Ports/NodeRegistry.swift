/// The live nodes of a store that several nodes share, and their leases of shards: an optional power of a `TimerStore`.
///
/// A claim is void once its node has retired or let its heartbeat expire, even if the claim's own lease has not expired. A node that
/// never sent a heartbeat is judged by the leases of its claims alone. Every adapter passes `NodeRegistryConformance`.
public protocol NodeRegistry: Sendable {
  /// Takes the lease of every shard of `shards` that no other node holds.
  ///
  /// - Returns: the shards that `node` now holds out of `shards`, those it held before included.
  func acquireLeases(_ shards: [Int], for node: NodeID, duration: Duration) async throws -> [Int]

  /// Extends all leases of `node` that have not run out.
  ///
  /// - Returns: the shards that `node` still holds.
  func renewLeases(of node: NodeID, duration: Duration) async throws -> [Int]

  /// Releases leases; those that `node` does not hold are left alone.
  func releaseLeases(_ shards: [Int], of node: NodeID) async throws

  /// Lists the leases that have not run out.
  func leases() async throws -> [ShardLease]

  /// Notes that a node lives for another `duration` by the store's lease clock, counted from this call.
  ///
  /// After a heartbeat that ran out, the next one makes claims of the node valid again that nobody has taken over. A retired
  /// node stays retired.
  ///
  /// - Returns: all live nodes, `node` included, by id.
  @discardableResult
  func heartbeat(_ node: NodeRecord, duration: Duration) async throws -> [NodeRecord]

  /// Notes that a node is gone for good: its shard leases are free and its claims void at once. May be repeated.
  func retire(_ node: NodeID) async throws

  /// Lists the live nodes by id.
  func nodes() async throws -> [LiveNode]
}

/// The right of one node to poll a shard.
public struct ShardLease: Hashable, Sendable {
  /// The number of the shard, from 0.
  public var shard: Int
  /// The node that holds it.
  public var node: NodeID
  /// Until when, on the store's lease clock.
  public var deadline: Timestamp

  /// Creates a lease that lasts until `deadline` on the store's lease clock.
  public init(shard: Int, node: NodeID, deadline: Timestamp) {
    self.shard = shard
    self.node = node
    self.deadline = deadline
  }
}
