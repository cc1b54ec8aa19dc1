import Persistence
import TimerModel

/// A timer with the row that holds it.
struct TimerRow {
  let id: Int64
  var timer: Timer
  /// Who claimed it in an earlier run of the process, which voids the claim.
  private let claimedBefore: NodeID?

  static let columns = """
    id, group_id, timer_id, phase, due_at, execute_at, destination, payload, retry_policy, callback_timeout, \
    traceparent, tracestate, revision, firing_high, firing_low, attempt, claim_number, claim_run, claim_node, \
    claim_deadline, created_at, updated_at, first_attempt_at, executed_at, attempts
    """

  /// The phases as numbers; the due index holds those of number 0.
  static let phases: [Timer.Phase] = [.scheduled, .delivered, .dead, .cancelled]

  static func number(of phase: Timer.Phase) -> Int { phases.firstIndex(of: phase) ?? 0 }

  /// The timer as others see it: without a claim whose node is gone.
  func shown(without gone: Set<NodeID>) -> Timer {
    var shown = timer
    if let claim = timer.claim, gone.contains(claim.node) { shown.claim = nil }
    return shown
  }

  /// The timer for those who change it: what became of a void claim is kept.
  func judged(without gone: Set<NodeID>, at now: StoreTime) -> Timer {
    var judged = timer
    if let node = claimedBefore ?? timer.claim.flatMap({ gone.contains($0.node) ? $0.node : nil }) {
      judged.loseClaim(of: node, at: now.wall)
    }
    return judged
  }

  /// Decodes a row of `columns`; a claim made by an earlier run of the process is void.
  init(_ row: SteppedRow, run: Int64) throws {
    id = row.int64(0)
    let phase = row.int(3)
    guard Self.phases.indices.contains(phase) else {
      throw StoreError(code: .incompatible, message: "a timer has the phase \(phase)", isRetriable: false)
    }
    let isThisRuns = row.optionalInt64(17) == run
    let claimNode = row.optionalText(18).map { NodeID($0) }
    claimedBefore = isThisRuns ? nil : claimNode
    let past = try StoredAttempts.decode(row.optionalText(24))
    timer = Timer(
      key: TimerKey(groupID: row.text(1), timerID: row.text(2)),
      definition: TimerDefinition(
        executeAt: Self.time(row.int64(5)), destination: try StoredDestination.decode(row.text(6)),
        payload: row.optionalBytes(7),
        retryPolicy: try row.optionalText(8).map { try StoredRetryPolicy.decode($0) },
        callbackTimeoutSeconds: row.optionalInt(9)),
      traceContext: row.optionalText(10).map {
        TraceContext(traceparent: $0, tracestate: row.optionalText(11))
      },
      revision: row.int64(12), phase: Self.phases[phase], dueAt: Self.time(row.int64(4)),
      firingID: FiringID(
        high: UInt64(bitPattern: row.int64(13)), low: UInt64(bitPattern: row.int64(14))),
      attempt: row.int(15), claimNumber: row.int64(16),
      claim: isThisRuns ? claimNode.map { Claim(node: $0, deadline: Self.time(row.int64(19))) } : nil,
      createdAt: Self.time(row.int64(20)), updatedAt: Self.time(row.int64(21)),
      firstAttemptAt: row.optionalInt64(22).map(Self.time),
      executedAt: row.optionalInt64(23).map(Self.time),
      attempts: past.attempts, createdBy: past.createdBy)
  }

  private static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
}
