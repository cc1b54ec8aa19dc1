public import TimerModel

/// How a node shares the shards with others.
public struct ShardConfiguration: Sendable {
  /// This run of the node.
  public var node: NodeID
  /// How many shards there are.
  public var shardCount: Int
  /// How long leases and heartbeats hold: a dead node's work is taken over once they have run out.
  public var leaseDuration: Duration = .seconds(7)
  /// How often they are renewed.
  public var renewInterval: Duration = .seconds(3)
  /// How often a node looks who holds what.
  public var surveyInterval: Duration = .seconds(1)
  /// How long to wait after an error of the store; doubled up to 16 times this.
  public var storeBackoff: Duration = .milliseconds(100)

  /// Makes a configuration with the defaults.
  public init(node: NodeID, shardCount: Int) {
    self.node = node
    self.shardCount = shardCount
  }
}
