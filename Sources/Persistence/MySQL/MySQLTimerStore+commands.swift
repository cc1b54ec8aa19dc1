import Logging
import Persistence
import Telemetry
package import TimerModel

// Commands. A batch of creations without tags is one statement; what that leaves, and every other batch, is decided by the
// pure transitions between a read under locks and a write.
extension MySQLTimerStore {
  /// Applies commands in order.
  package func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    guard !commands.isEmpty else { return [] }
    guard let creates = Self.distinctCreates(commands), let insertion = creation(of: creates) else {
      return try await decide(commands)
    }
    var results = try await create(creates, insertion)
    let left = results.indices.filter { results[$0] == nil }
    if !left.isEmpty {
      // The creations above are acknowledged only with these; that they have happened already is what "unknown" allows.
      do {
        for (place, result) in zip(left, try await decide(left.map { .create(creates[$0]) })) {
          results[place] = result
        }
      } catch var error as StoreError {
        if left.count < creates.count { error.outcome = .unknown }
        throw error
      }
    }
    return results.compactMap(\.self)
  }

  /// Reads timers; a void claim is not shown. One that cannot be read is an error where nothing else is asked for, and passed over among
  /// others.
  package func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    guard !keys.isEmpty else { return [] }
    let lookUps = Self.lookUps(.read, KeyOrder(keys).sorted)
    return try await background.run { [self] session in
      let found = try StoredTimers(
        session.run(lookUps + judging(session), commits: false), session)
      for (key, error) in found.unreadable {
        guard keys.count > 1 else { throw error }
        logUnreadable(key, error)
      }
      return keys.map { key in
        var timer = found.timers[key]
        timer?.discardExpiredClaim(at: found.now)
        return timer
      }
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

  /// The creations that `commands` consists of; nil if there is anything else, or a key twice.
  static func distinctCreates(_ commands: [TimerCommand]) -> [CreateTimer]? {
    var keys: Set<TimerKey> = []
    var creates: [CreateTimer] = []
    creates.reserveCapacity(commands.count)
    for command in commands {
      guard case .create(let create) = command, keys.insert(create.key).inserted else { return nil }
      creates.append(create)
    }
    return creates
  }

  /// The one statement that makes timers, with a token; nil if it would be too large, or if they have tags, which are in another table:
  /// several would not be one batch.
  private func creation(of creates: [CreateTimer]) -> (query: MySQLQuery, token: Int64)? {
    guard creates.allSatisfy({ $0.definition.tags.isEmpty }) else { return nil }
    let token = Int64.random(in: 1...Int64.max)
    let rows = Self.rows(creating: creates, at: .now(plus: 0), shardCount: shardCount)
    let queries = Self.filled(.create, rows, [.integer(token)])
    return queries.count == 1 ? (query: queries[0], token: token) : nil
  }

  /// Inserts what is new.
  ///
  /// - Returns: one result for each, in order; nil where there is such a timer already.
  private func create(
    _ creates: [CreateTimer], _ insertion: (query: MySQLQuery, token: Int64)
  ) async throws -> [CommandResult?] {
    try await write(on: commands) { [self] session in
      let replies = try session.run(
        [setNow(session), insertion.query, MySQLQuery(.now)], commits: true)
      let now = try session.time(replies[2]).wall
      let made = creates.map { CommandResult?.some(.created(Timer(creating: $0, at: now))) }
      // One for each that is new, two for each that is not.
      guard replies[1].affected != creates.count else { return made }
      let new = try newTimers(of: creates, insertion.token, session)
      return zip(creates, made).map { new.contains($0.key) ? $1 : nil }
    }
  }

  /// Tells the timers that a creation has made from those that it found.
  private func newTimers(
    of creates: [CreateTimer], _ token: Int64, _ session: MySQLSession
  ) throws -> Set<TimerKey> {
    var firings: [TimerKey: FiringID] = [:]
    do throws(StoreError) {
      let lookUps = Self.lookUps(.creations, creates.map(\.key).sorted())
      for rows in try session.run(lookUps, commits: false) {
        for row in 0..<rows.count where rows.integer(row, 3) != token {
          guard let group = rows.text(row, 0), let id = rows.text(row, 1) else { continue }
          firings[TimerKey(groupID: group, timerID: id)] = rows.firingID(row, 2)
        }
      }
    } catch {
      var failure = error
      failure.outcome = .unknown
      throw failure
    }
    return Set(creates.filter { firings[$0.key] == $0.firingID }.map(\.key))
  }

  private func decide(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let lookUps = Self.lookUps(.lock, KeyOrder(commands.map(\.key)).sorted)
    return try await write(on: self.commands) { [self] session in
      try session.transaction(lookUps + judging(session)) { replies in
        var decision = try StoredTimers(replies, session).decision
        let results = decision.apply(commands)
        return (results, writing(decision, []))
      }
    }
  }

  /// Writes what was decided, and messages. Fails if a timer that is to be created is there meanwhile; the next try will see it.
  func writing(_ decision: CommandDecision, _ messages: [OutboxMessage]) -> [MySQLQuery] {
    let rows = Self.rows(
      creating: decision.creations, at: .time(decision.now.wall), shardCount: shardCount)
    return Self.filled(.createNew, rows) + rewriting(decision.changed) + Self.retagging(decision.retagged)
      + Self.posting(decision.messages + messages, at: decision.now)
  }
}
