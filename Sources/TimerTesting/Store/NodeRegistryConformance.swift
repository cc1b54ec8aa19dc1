import Testing

/// The conformance suite of `NodeRegistry`; each adapter runs all cases, each against a fresh, empty store.
public enum NodeRegistryConformance: String, CaseIterable, Sendable {
  /// Leases of shards are held by one node each, until they expire or are released.
  case leases
  /// A node lives as long as its heartbeats say.
  case liveNodes
  /// The claims of a node are void once its heartbeat has expired, and may still be settled if no other node has claimed.
  case claimsOfLapsedNodesAreVoid
  /// A node whose heartbeat has expired claims nothing before the next one.
  case lapsedNodesClaimNothing
  /// A node that has retired holds nothing, and stays retired.
  case retiredNodes

  /// Runs the case.
  public func run(on bench: NodeRegistryHarness) async throws {
    switch self {
    case .leases: try await bench.leases()
    case .liveNodes: try await bench.liveNodes()
    case .claimsOfLapsedNodesAreVoid: try await bench.claimsOfLapsedNodesAreVoid()
    case .lapsedNodesClaimNothing: try await bench.lapsedNodesClaimNothing()
    case .retiredNodes: try await bench.retiredNodes()
    }
  }
}
