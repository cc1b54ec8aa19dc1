/// Names one run of a node: two runs of the same node are told apart.
public struct NodeID: Hashable, Sendable, CustomStringConvertible {
  /// The name, unique per run.
  public let name: String

  /// Creates an id from a name that no other run uses.
  public init(_ name: String) { self.name = name }

  /// The name as it is, for messages.
  public var description: String { name }
}

/// The right of one node to make one attempt.
public struct Claim: Hashable, Sendable {
  /// The node that holds it.
  public var node: NodeID
  /// Until when, on the store's lease clock (`StoreTime.lease`); from then on it is void.
  public var deadline: Timestamp

  /// Creates a claim that is void from `deadline` on.
  public init(node: NodeID, deadline: Timestamp) {
    self.node = node
    self.deadline = deadline
  }
}

/// Names the claim that a settlement ends; it takes effect on no other.
public struct ClaimFence: Hashable, Sendable {
  /// The firing that was claimed; the fence fits no later one.
  public var firingID: FiringID
  /// The number of times the timer had been claimed, including this claim; never reused.
  public var claimNumber: Int64

  /// Creates the fence of one claim on one firing.
  public init(firingID: FiringID, claimNumber: Int64) {
    self.firingID = firingID
    self.claimNumber = claimNumber
  }
}

/// The store's two clocks at one instant.
public struct StoreTime: Hashable, Sendable {
  /// The wall clock: decides what is due.
  public var wall: Timestamp
  /// The clock of claim and shard leases: no step of the wall clock moves it where one process is the only user
  /// of a store; elsewhere it is the wall clock.
  public var lease: Timestamp

  /// Creates a reading of a store's two clocks at one instant.
  public init(wall: Timestamp, lease: Timestamp) {
    self.wall = wall
    self.lease = lease
  }

  /// A reading of a store that has only one clock.
  public init(_ both: Timestamp) { self.init(wall: both, lease: both) }
}
