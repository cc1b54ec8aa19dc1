import GRDB
import Logging
package import TimerModel

// Claims and settlements: the pure transition decides, one transaction writes the batch.
extension SQLiteTimerStore {
  /// Claims timers, in one transaction.
  package func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    try await write { [self] db in
      let now = now
      var budget = ClaimBudget(bytes: request.payloadBudget)
      let verdicts = try request.keys.map { try claim($0, request, &budget, at: now, db) }
      return ClaimReply(time: now, verdicts: verdicts)
    }
  }

  /// Ends claims, in one transaction.
  package func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    try await write { [self] db in
      let now = now
      return try settlements.map { settlement in
        let found = try readable(settlement.key) { try fetch(settlement.key, db) }
        guard var row = found ?? nil else { return .lost }
        let verdict = row.timer.settle(settlement, at: now)
        if verdict == .settled {
          try saveState(of: row.timer, id: row.id, db)
          try insert(settlement.messages, at: now, db)
        }
        return verdict
      }
    }
  }

  private static let claimSQL = """
    UPDATE timers SET attempt = ?, claim_number = ?, claim_run = ?, claim_node = ?, claim_deadline = ?
    WHERE id = ?
    """

  private func claim(
    _ key: TimerKey, _ request: ClaimRequest, _ budget: inout ClaimBudget, at now: StoreTime,
    _ db: Database
  ) throws -> ClaimVerdict {
    // One that cannot be read does not come back at once, and the others of its batch are not held up by it.
    guard let found = try readable(key, { try fetch(key, db) }) else {
      return .held(until: now.lease + request.lease)
    }
    guard let row = found else { return .gone }
    var candidate = row.expiringEarlierClaim(at: now)
    let verdict = candidate.claim(
      for: request.node, lease: request.lease, dueThrough: now.wall + request.claimAhead, at: now)
    guard case .claimed(let timer) = verdict else { return verdict }
    guard budget.spend(timer.definition.payload?.count ?? 0) else { return .overBudget }
    var statement = try BoundStatement(Self.claimSQL, db)
    try statement.bind(timer.attempt)
    try statement.bind(timer.claimNumber)
    try statement.bind(run)
    try statement.bind(timer.claim?.node.name)
    try statement.bind(timer.claim?.deadline.milliseconds)
    try statement.bind(row.id)
    try statement.execute()
    if timer.attempts.count != row.timer.attempts.count || timer.attempts != row.timer.attempts {
      try saveAttempts(of: timer, id: row.id, db)
    }
    return verdict
  }
}
