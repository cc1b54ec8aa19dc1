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

  /// Runs the case against a fresh store; what does not hold becomes an issue of the current test.
  ///
  /// - Throws: errors of the store that the case does not expect, and requirements that do not hold.
  public func run(on harness: NodeRegistryHarness) async throws {
    switch self {
    case .leases: try await harness.leases()
    case .liveNodes: try await harness.liveNodes()
    case .claimsOfLapsedNodesAreVoid: try await harness.claimsOfLapsedNodesAreVoid()
    case .lapsedNodesClaimNothing: try await harness.lapsedNodesClaimNothing()
    case .retiredNodes: try await harness.retiredNodes()
    }
  }
}
