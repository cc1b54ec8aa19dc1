import GRDB
import Synchronization
public import TimerModel

// Live nodes. One process uses the file, so that they matter only to those who run the port's suite against it.
extension SQLiteTimerStore {
  /// Notes that a node lives.
  public func heartbeat(_ node: NodeRecord, duration: Duration) async throws -> [NodeRecord] {
    liveNodes.withLock { nodes in
      nodes.heartbeat(node, duration: duration, at: now)
      return nodes.live(at: now).map(\.record)
    }
  }

  /// Notes that a node is gone for good, and frees its shards.
  public func retire(_ node: NodeID) async throws {
    liveNodes.withLock { $0.retire(node, at: now) }
    try await write { db in
      try db.execute(sql: "DELETE FROM leases WHERE node = ?", arguments: [node.name])
    }
  }

  /// Lists the live nodes.
  public func nodes() async throws -> [LiveNode] { liveNodes.withLock { $0.live(at: now) } }

  func goneNodes(at now: StoreTime) -> Set<NodeID> { liveNodes.withLock { $0.gone(at: now) } }
}
