public import TimerModel

/// The live nodes, as a value; for stores that keep them in memory.
public struct NodeTable: Sendable {
  private struct Entry {
    var live: LiveNode?
    var deadline: Timestamp
    var isRetired = false
  }

  private var entries: [NodeID: Entry] = [:]

  /// Creates an empty table.
  public init() {}

  /// Notes that a node lives for another `duration`; a retired one stays retired.
  public mutating func heartbeat(_ record: NodeRecord, duration: Duration, at now: StoreTime) {
    entries = entries.filter { $0.value.deadline + ClaimRequest.longestLease > now.lease }
    guard entries[record.id]?.isRetired != true else { return }
    entries[record.id] = Entry(
      live: LiveNode(record: record, seenAt: now.wall), deadline: now.lease + duration)
  }

  /// Notes that a node is gone for good.
  public mutating func retire(_ node: NodeID, at now: StoreTime) {
    guard entries[node]?.isRetired != true else { return }
    entries[node] = Entry(live: nil, deadline: now.lease, isRetired: true)
  }

  /// The nodes whose heartbeat has not run out, by id.
  public func live(at now: StoreTime) -> [LiveNode] {
    entries.values.filter { $0.deadline > now.lease }.compactMap(\.live)
      .sorted { $0.record.id.name < $1.record.id.name }
  }

  /// The nodes whose claims are void: those that have retired, and those whose heartbeat has run out.
  public func gone(at now: StoreTime) -> Set<NodeID> {
    Set(entries.filter { $0.value.deadline <= now.lease }.keys)
  }

  /// Returns true if the claims of `node` are void.
  public func isGone(_ node: NodeID, at now: StoreTime) -> Bool {
    entries[node].map { $0.deadline <= now.lease } ?? false
  }
}
