import FoundationEssentials
import GRDB
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
  init(_ row: Row, run: Int64) throws {
    id = row[0]
    let phase: Int = row[3]
    guard Self.phases.indices.contains(phase) else {
      throw StoreError(code: .incompatible, message: "a timer has the phase \(phase)", isRetriable: false)
    }
    let retryPolicy: String? = row[8]
    let traceparent: String? = row[10]
    let claimRun: Int64? = row[17]
    let claimNode = (row[18] as String?).map { NodeID($0) }
    claimedBefore = claimRun == run ? nil : claimNode
    let past = try StoredAttempts.decode(row[24])
    timer = Timer(
      key: TimerKey(groupID: row[1], timerID: row[2]),
      definition: TimerDefinition(
        executeAt: Self.time(row[5]), destination: try StoredDestination.decode(row[6]),
        payload: Self.bytes(row, 7), retryPolicy: try retryPolicy.map(StoredRetryPolicy.decode),
        callbackTimeoutSeconds: row[9]),
      traceContext: traceparent.map { TraceContext(traceparent: $0, tracestate: row[11]) },
      revision: row[12], phase: Self.phases[phase], dueAt: Self.time(row[4]),
      firingID: FiringID(high: UInt64(bitPattern: row[13]), low: UInt64(bitPattern: row[14])),
      attempt: row[15], claimNumber: row[16],
      claim: claimRun == run ? Claim(node: NodeID(row[18]), deadline: Self.time(row[19])) : nil,
      createdAt: Self.time(row[20]), updatedAt: Self.time(row[21]),
      firstAttemptAt: Self.optionalTime(row[22]),
      executedAt: Self.optionalTime(row[23]), attempts: past.attempts, createdBy: past.createdBy)
  }

  private static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  private static func optionalTime(_ milliseconds: Int64?) -> Timestamp? { milliseconds.map(time) }

  private static func bytes(_ row: Row, _ index: Int) -> [UInt8]? {
    // An empty payload is no JSON and cannot occur; nil stands for NULL.
    (row[index] as Data?).map { [UInt8]($0) }
  }
}
