package import TimerModel

/// An event that the shard engine handles.
package enum ShardEvent: Sendable {
  /// The store was asked who lives and who holds what; nil if that failed.
  case surveyed(ShardSurvey?)
  /// Leases were asked for at `sentAt`; these shards are held now, nil if that failed.
  case acquired([Int]?, sentAt: MonotonicInstant)
  /// Leases were given back; false if that failed.
  case released(Bool)
  /// The node begins to stop and claims nothing any more: its shards go to others.
  case handOver
  /// The node has finished what it had started.
  case leave
  /// The store was told that the node is gone; false if that failed.
  case retired(Bool)
}

/// An action that the shard engine asks for.
package enum ShardAction: Sendable {
  /// Ask who lives and who holds what; with `renewal` send a heartbeat and renew the leases before → `surveyed`.
  case survey(renewal: Bool, isDraining: Bool)
  /// Take leases → `acquired`.
  case acquire([Int])
  /// Give leases back → `released`.
  case release([Int])
  /// Poll these shards from now on, and no others; nothing comes back.
  case own([Int])
  /// The node's leases last until this time: start no attempt afterwards; nothing comes back.
  case leaseExtended(until: MonotonicInstant)
  /// Tell the store that the node is gone → `retired`.
  case retire
}

/// The live nodes and the owners of shards.
package struct ShardSurvey: Sendable {
  /// The time at which the store was asked.
  package var sentAt: MonotonicInstant
  /// True if a heartbeat was sent and the leases were renewed before.
  package var isRenewal: Bool
  /// All live nodes, by id.
  package var nodes: [NodeRecord]
  /// All leases that hold.
  package var leases: [ShardLease]

  package init(
    sentAt: MonotonicInstant, isRenewal: Bool, nodes: [NodeRecord], leases: [ShardLease]
  ) {
    self.sentAt = sentAt
    self.isRenewal = isRenewal
    self.nodes = nodes
    self.leases = leases
  }
}
