import Logging
import Persistence
import Telemetry
package import TimerModel

// Claims and settlements, in one statement each.
extension PostgresTimerStore {
  /// Claims timers, in one statement.
  package func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    let keys = KeyOrder(request.keys)
    let parameters: [PostgresParameter] = [
      .texts(keys.sorted.map(\.groupID)), .texts(keys.sorted.map(\.timerID)), .int4s(keys.ranks), now,
      .int8(request.lease.millisecondsRoundedUp), .int8(request.claimAhead.millisecondsRoundedUp),
      .int8(Int64(request.payloadBudget)), .bytea(request.node.name),
    ]
    return try await write(on: commands) { session in
      let rows = try session.run(PostgresQuery(.claim, parameters), commits: true)
      return try reply(rows, to: request, keys)
    }
  }

  /// Ends claims, in one statement.
  package func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    guard !settlements.isEmpty else { return [] }
    let (wanted, query) = Self.settling(settlements, at: now)
    return try await write(on: commands) { session in
      let rows = try session.run(query, commits: true)
      var verdicts = [SettleVerdict](repeating: .lost, count: settlements.count)
      for row in 0..<rows.count {
        if let position = rows.int8(row, 0), wanted.indices.contains(Int(position) - 1) {
          verdicts[wanted[Int(position) - 1]] = .settled
        }
      }
      return verdicts
    }
  }

  /// The statement that ends claims, and which of `settlements` it names, in its order.
  package static func settling(
    _ settlements: [Settlement], at now: PostgresParameter
  ) -> (wanted: [Int], query: PostgresQuery) {
    // Of equal ones the first takes effect and the others are lost.
    var seen: Set<SettlementName> = []
    let wanted = settlements.indices.filter { seen.insert(SettlementName(settlements[$0])).inserted }
      .sorted { settlements[$0].key < settlements[$1].key }
    let items = wanted.map { settlements[$0] }
    let parameters: [PostgresParameter] = [
      .texts(items.map(\.key.groupID)), .texts(items.map(\.key.timerID)), .uuids(items.map(\.fence.firingID)),
      .int8s(items.map(\.fence.claimNumber)), .int2s(items.map { EndingCode($0.ending).rawValue }),
      .int8s(items.map { $0.nextDueAt?.milliseconds }), .uuids(items.map(\.newFiring)),
      .int8s(items.map { $0.attempt.flatMap { $0.isAttempt ? $0.startedAt.milliseconds : nil } }),
      .texts(items.map { $0.attempt.map { StoredAttempts.encode($0) } }), now,
    ]
    return (wanted, settling(items, parameters))
  }

  /// Settlements without messages do without the outbox.
  private static func settling(_ items: [Settlement], _ parameters: [PostgresParameter]) -> PostgresQuery {
    let messages = items.flatMap(\.messages)
    guard !messages.isEmpty else { return PostgresQuery(.settle, parameters) }
    let settlements = items.enumerated().flatMap { index, item in
      item.messages.map { _ in Int64?.some(Int64(index + 1)) }
    }
    return PostgresQuery(.settleWithOutbox, parameters + Self.columns(of: messages) + [.int8s(settlements)])
  }

  private typealias Column = PostgresStatement.ClaimColumn

  private func reply(
    _ rows: PostgresRows, to request: ClaimRequest, _ keys: KeyOrder
  ) throws -> ClaimReply {
    var time: StoreTime?
    var verdicts: [ClaimVerdict?] = Array(repeating: nil, count: request.keys.count)
    for row in 0..<rows.count {
      guard let rank = rows.int4(row, Column.rank.rawValue),
        let number = rows.int2(row, Column.verdict.rawValue),
        let at = rows.int8(row, Column.instant.rawValue)
      else { continue }
      let instant = Timestamp(milliseconds: at)
      let code = ClaimCode(rawValue: number)
      if rank < 0 {
        guard code == .claimed else { throw StoreError.nodeIsGone(request.node) }
        time = StoreTime(instant)
        continue
      }
      guard verdicts.indices.contains(Int(rank)) else { continue }
      verdicts[Int(rank)] =
        switch code {
        case .claimed: claimed(rows, row, until: instant + request.lease)
        case .gone: .gone
        case .held: .held(until: instant)
        case .notYetDue: .notYetDue(instant)
        // Where the node is gone, the row of the request refuses them all.
        case .overBudget, .nodeIsGone, nil: .overBudget
        }
    }
    let deadline = (time?.lease ?? Timestamp(milliseconds: 0)) + request.lease
    return ClaimReply(
      time: time ?? StoreTime(Timestamp(milliseconds: 0)),
      verdicts: request.keys.indices.map { index in
        let first = keys.firsts[index]
        let verdict = verdicts[first] ?? .gone
        // The second time a key is named, the claim is held already.
        if first != index, case .claimed = verdict { return .held(until: deadline) }
        return verdict
      })
  }
}

extension PostgresTimerStore {
  /// The claimed timer of a row. One that cannot be read keeps its claim, so that it does not come back at once, and the others of
  /// its batch are not held up by it.
  private func claimed(_ rows: PostgresRows, _ row: Int, until deadline: Timestamp) -> ClaimVerdict {
    let stored = PostgresTimerRow(rows, row, from: Column.timer.rawValue)
    do {
      return .claimed(try stored.timer())
    } catch {
      logUnreadable(stored.key, error)
      return .held(until: deadline)
    }
  }

  /// Says that a row is passed over.
  func logUnreadable(_ key: TimerKey, _ error: any Error) {
    logger.error(
      "skipped an unreadable timer",
      metadata: [
        LogKey.groupID: "\(key.groupID)", LogKey.timerID: "\(key.timerID)", LogKey.error: "\(error)",
      ])
  }
}

/// The identity of a settlement: two with the same name are the same.
private struct SettlementName: Hashable {
  let key: TimerKey
  let fence: ClaimFence

  init(_ settlement: Settlement) {
    key = settlement.key
    fence = settlement.fence
  }
}

extension Settlement {
  fileprivate var newFiring: FiringID? {
    if case .rescheduled(_, let firing) = ending { firing } else { nil }
  }
}
