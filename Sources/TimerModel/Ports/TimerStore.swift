/// The durable truth: holds every timer and decides, row by row, who may fire it.
///
/// All operations are batches. After an error with `outcome == .notApplied` nothing of a batch has happened. After one with
/// `outcome == .unknown` a part may have, as far as `batchAtomicity` says, and the call may be repeated. Items of one batch
/// take effect in order. Every adapter passes `TimerStoreConformance`.
///
/// A claim is void once its lease has expired: it is not shown, and stops no other node. A store that is a `NodeRegistry` voids the
/// claims of dead nodes as well. Further optional powers are `CommandLogStore`, `TimerOutbox` and `TimerSearch`.
public protocol TimerStore: Sendable {
  /// The number of shards that the store was created with.
  var shardCount: Int { get }

  /// The parts of a batch that take effect as one; the whole batch unless a store says otherwise.
  var batchAtomicity: BatchAtomicity { get }

  /// Reads the store's clocks.
  func time() async throws -> StoreTime

  /// Applies commands in order, and makes what they did durable.
  ///
  /// - Returns: one result per command, in order.
  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult]

  /// Reads timers; a void claim is not shown.
  ///
  /// - Returns: one timer per key, in order; nil where there is none.
  func timers(_ keys: [TimerKey]) async throws -> [Timer?]

  /// Claims timers for one attempt each, durably.
  ///
  /// - Throws: besides other errors `nodeGone`, by a `NodeRegistry`, if the claims would be void from the start.
  func claim(_ request: ClaimRequest) async throws -> ClaimReply

  /// Ends claims, durably. Repeating a settlement answers `lost` and changes nothing.
  ///
  /// - Returns: one verdict per settlement, in order.
  func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict]

  /// Reads the scheduled timers of one shard by `dueAt`, then key: those after `cursor` and due by `through`.
  ///
  /// Claimed timers may be among them.
  func due(shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int) async throws -> [DueEntry]

  /// Reads timers of `shards` that are due before `before`, scheduled and under no valid claim; the longest overdue of each
  /// shard first.
  func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry]

  /// Deletes timers whose life ended before `before`.
  ///
  /// - Returns: how many were deleted, at most `limit`; fewer means that none is left.
  func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int
}

extension TimerStore {
  /// The whole batch, where a store does not say otherwise.
  public var batchAtomicity: BatchAtomicity { .whole }
}

/// The timers to claim, and the terms of their claims.
public struct ClaimRequest: Hashable, Sendable {
  /// The timers, in the order in which the budget is spent.
  public var keys: [TimerKey]
  /// The run of the node that is to hold the claims.
  public var node: NodeID
  /// The duration of the claims; at most `longestLease`.
  public var lease: Duration
  /// The time after the store's clock up to which a timer may be due.
  public var claimAhead: Duration
  /// The number of payload bytes that may be claimed together; the first timer is claimed whatever its size.
  public var payloadBudget: Int

  /// The longest lease of a claim; stores remember a node that is gone for so long.
  public static let longestLease = Duration.seconds(3600)

  /// Creates a request; a longer lease than the longest is cut.
  public init(
    keys: [TimerKey], node: NodeID, lease: Duration, claimAhead: Duration, payloadBudget: Int = .max
  ) {
    self.keys = keys
    self.node = node
    self.lease = min(lease, Self.longestLease)
    self.claimAhead = claimAhead
    self.payloadBudget = payloadBudget
  }
}

/// The result of a claim request.
public struct ClaimReply: Hashable, Sendable {
  /// The store's clocks when the claims were made.
  public var time: StoreTime
  /// One verdict per key, in order.
  public var verdicts: [ClaimVerdict]

  /// Creates a reply; there must be one verdict per key of the request.
  public init(time: StoreTime, verdicts: [ClaimVerdict]) {
    self.time = time
    self.verdicts = verdicts
  }
}

/// An operation that a store could not carry out.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure, by what a caller can do about it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code as text, such as `in-use`.
    public let description: String

    /// The store cannot be reached, or is too busy.
    public static let unavailable = Code(description: "unavailable")
    /// The store's content or schema is not what this version understands.
    public static let incompatible = Code(description: "incompatible")
    /// Another process uses the store and tolerates no second one.
    public static let inUse = Code(description: "in-use")
    /// The node has retired, or let its heartbeat run out: what it claims would be void.
    public static let nodeGone = Code(description: "node-gone")
    /// The store reported something else.
    public static let failed = Code(description: "failed")
  }

  /// The known effect of a failed operation.
  public enum Outcome: Sendable {
    /// Nothing of the operation has happened.
    case notApplied
    /// A part may have happened, as far as the store's `batchAtomicity` says.
    case unknown
  }

  /// The kind of failure.
  public var code: Code
  /// A description of the failure, without secrets.
  public var message: String
  /// The known effect of the operation.
  public var outcome: Outcome
  /// True if the same call may succeed later.
  public var isRetriable: Bool
  /// The underlying error of the adapter.
  public var cause: (any Error)?

  /// Creates an error; unless told otherwise nothing has happened, and it is retriable.
  public init(
    code: Code, message: String, outcome: Outcome = .notApplied, isRetriable: Bool = true,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.outcome = outcome
    self.isRetriable = isRetriable
    self.cause = cause
  }

  /// The error of a claim by a node that is gone.
  public static func nodeIsGone(_ node: NodeID) -> StoreError {
    StoreError(code: .nodeGone, message: "\(node) has let its heartbeat run out, or has retired")
  }

  /// Code, message and cause on one line.
  public var description: String {
    "store \(code): \(message)" + (cause.map { " (\($0))" } ?? "")
  }
}
