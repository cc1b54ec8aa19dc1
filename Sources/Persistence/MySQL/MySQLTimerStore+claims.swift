import Persistence
package import TimerModel

// Claims. Where the payloads cannot exceed the budget, one packet claims by token and reads back what it has claimed. Elsewhere, and for
// timers under a void claim, the pure transition decides between a read under locks and a write.
extension MySQLTimerStore {
  /// The largest payload that the service takes.
  private static let maxPayload = 1 << 20

  /// Claims timers, in one packet or one transaction.
  package func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    guard request.payloadBudget / max(request.keys.count, 1) >= Self.maxPayload else {
      return try await claimUnderLocks(request)
    }
    let (first, undecided) = try await claimByToken(request)
    guard !undecided.isEmpty else { return first }
    // Each key once, for which the first reply has no verdict yet.
    var rest = request
    rest.keys = undecided.map { request.keys[$0] }
    var reply = first
    do {
      for (place, verdict) in zip(undecided, try await claimUnderLocks(rest).verdicts) {
        reply.verdicts[place] = verdict
      }
    } catch var error as StoreError {
      error.outcome = .unknown
      throw error
    }
    return reply
  }

  /// Claims what is due and under no claim.
  ///
  /// - Returns: the reply, and the places of those keys in the request that have to be decided under locks.
  private func claimByToken(_ request: ClaimRequest) async throws -> (reply: ClaimReply, undecided: [Int]) {
    let keys = KeyOrder(request.keys)
    return try await write(on: commands) { [self] session in
      let token = Int64.random(in: 1...Int64.max)
      let name = MySQLValue.text(request.node.name)
      let claims = Self.chunks(keys.sorted).map { keys in
        MySQLQuery(
          .claim,
          [
            name, .integer(request.lease.millisecondsRoundedUp), .integer(token), Self.list(of: keys),
            .integer(request.claimAhead.millisecondsRoundedUp),
          ])
      }
      let before = [setNow(session), MySQLQuery(.setGone, [name])] + claims
      let after = [MySQLQuery(.now), MySQLQuery(.gone)]
      let replies = try session.run(
        before + Self.lookUps(.read, keys.sorted) + after, commits: true)
      let found = try StoredTimers(replies.dropFirst(before.count), session)
      guard !found.gone.contains(request.node.name) else { throw StoreError.nodeIsGone(request.node) }
      return reply(found, to: request, keys, token)
    }
  }

  private func reply(
    _ found: StoredTimers, to request: ClaimRequest, _ keys: KeyOrder, _ token: Int64
  ) -> (reply: ClaimReply, undecided: [Int]) {
    let deadline = found.now.lease + request.lease
    var undecided: [Int] = []
    let verdicts = request.keys.enumerated().map { place, key -> ClaimVerdict in
      if let error = found.unreadable[key] {
        // It keeps its claim, so that it does not come back at once.
        logUnreadable(key, error)
        return .held(until: deadline)
      }
      guard let timer = found.timers[key] else { return .gone }
      if found.tokens[key] == token {
        // The second time a key is named, the claim is held already.
        return keys.firsts[place] == place ? .claimed(timer) : .held(until: deadline)
      }
      var candidate = timer
      let verdict = candidate.claim(
        for: request.node, lease: request.lease, dueThrough: found.now.wall + request.claimAhead,
        at: found.now)
      if case .claimed = verdict { undecided.append(place) }
      return verdict
    }
    return (ClaimReply(time: found.now, verdicts: verdicts), undecided)
  }

  /// Claims timers, in one transaction.
  private func claimUnderLocks(_ request: ClaimRequest) async throws -> ClaimReply {
    let lookUps = Self.lookUps(.lock, KeyOrder(request.keys).sorted)
    return try await write(on: commands) { [self] session in
      try session.transaction(lookUps + judging(session)) { replies in
        let found = try StoredTimers(replies, session)
        guard !found.gone.contains(request.node.name) else { throw StoreError.nodeIsGone(request.node) }
        for (key, error) in found.unreadable { logUnreadable(key, error) }
        var decision = ClaimDecision(found)
        let verdicts = decision.claim(request)
        return (ClaimReply(time: found.now, verdicts: verdicts), claiming(decision.changed))
      }
    }
  }

  /// Ends claims, in one transaction.
  package func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    guard !settlements.isEmpty else { return [] }
    let lookUps = Self.lookUps(.lockClaims, KeyOrder(settlements.map(\.key)).sorted)
    return try await write(on: commands) { [self] session in
      try session.transaction(lookUps + judging(session)) { replies in
        let found = try StoredTimers(replies, session)
        var decision = ClaimDecision(found)
        let verdicts = settlements.map { decision.settle($0) }
        return (
          verdicts, settling(decision.changed) + Self.posting(decision.messages, at: found.now)
        )
      }
    }
  }
}
