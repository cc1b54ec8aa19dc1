public import TimerModel

/// The settings by which a node shares the shards with others.
public struct ShardConfiguration: Sendable {
  /// This run of the node.
  public var node: NodeID
  /// The number of shards.
  public var shardCount: Int
  /// The duration of leases and heartbeats: others take over a dead node's work once they have expired.
  public var leaseDuration: Duration = .seconds(7)
  /// The interval at which they are renewed.
  public var renewInterval: Duration = .seconds(3)
  /// The interval at which a node checks which node holds which shards.
  public var surveyInterval: Duration = .seconds(1)
  /// The wait after an error of the store; doubled up to 16 times.
  public var storeBackoff: Duration = .milliseconds(100)

  /// Creates a configuration with the defaults.
  public init(node: NodeID, shardCount: Int) {
    self.node = node
    self.shardCount = shardCount
  }
}
