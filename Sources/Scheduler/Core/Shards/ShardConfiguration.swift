package import TimerModel

/// The settings by which a node shares the shards with others.
package struct ShardConfiguration: Sendable {
  /// This run of the node.
  package var node: NodeID
  /// The number of shards.
  package var shardCount: Int
  /// The duration of leases and heartbeats: others take over a dead node's work once they have expired.
  package var leaseDuration: Duration = .seconds(7)
  /// The interval at which they are renewed.
  package var renewInterval: Duration = .seconds(3)
  /// The interval at which a node checks which node holds which shards.
  package var surveyInterval: Duration = .seconds(1)
  /// The wait after an error of the store; doubled up to 16 times.
  package var storeBackoff: Duration = .milliseconds(100)

  /// Creates a configuration with the defaults.
  package init(node: NodeID, shardCount: Int) {
    self.node = node
    self.shardCount = shardCount
  }
}
