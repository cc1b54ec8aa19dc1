import Persistence
package import TimerModel

// Commands. A batch of creations is one statement; what that leaves, and every other batch, is decided by the pure
// transitions between a read under locks and a write.
extension PostgresTimerStore {
  /// Applies commands in order.
  package func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    guard !commands.isEmpty else { return [] }
    guard let creates = Self.distinctCreates(commands) else { return try await decide(commands) }
    var results = try await create(creates)
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
    let parameters: [PostgresParameter] = [
      .texts(keys.map(\.groupID)), .texts(keys.map(\.timerID)), now,
    ]
    let time = PostgresQuery(.time, [now])
    return try await background.run { [self] session in
      let replies = try session.run([PostgresQuery(.read, parameters), time], commits: false)
      let now = try Self.time(replies[1])
      var timers: [Timer?] = Array(repeating: nil, count: keys.count)
      for row in try Self.timers(in: replies[0]) where timers.indices.contains(row.position) {
        switch row.timer {
        case .success(var timer):
          timer.discardExpiredClaim(at: now)
          timers[row.position] = timer
        case .failure(let error):
          guard keys.count > 1 else { throw error }
          logUnreadable(row.key, error)
        }
      }
      return timers
    }
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

  /// Inserts what is new.
  ///
  /// - Returns: one result for each, in order; nil where there is such a timer already.
  private func create(_ creates: [CreateTimer]) async throws -> [CommandResult?] {
    let queries = [insertion(creates, at: now)] + Self.tagging(creates)
    return try await write(on: commands) { session in
      let rows = try session.run(queries, commits: true)[0]
      if rows.count == creates.count, let at = rows.int8(0, 0) {
        let now = Timestamp(milliseconds: at)
        return creates.map { .created(Timer(creating: $0, at: now)) }
      }
      var createdAt: [TimerKey: Timestamp] = [:]
      for row in 0..<rows.count {
        guard let at = rows.int8(row, 0), let group = rows.text(row, 1), let id = rows.text(row, 2) else {
          continue
        }
        createdAt[TimerKey(groupID: group, timerID: id)] = Timestamp(milliseconds: at)
      }
      return creates.map { create in createdAt[create.key].map { .created(Timer(creating: create, at: $0)) } }
    }
  }

  private func decide(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let keys = KeyOrder(commands.map(\.key)).sorted
    return try await write(on: self.commands) { [self] session in
      try session.transaction {
        var decision = try lock(keys, session)
        let results = decision.apply(commands)
        try write(decision, [], session)
        return results
      }
    }
  }

  /// Begins a transaction and locks timers.
  ///
  /// - Parameter advance: what comes before the locks; without a row of it they are not to be used.
  func lock(
    _ keys: [TimerKey], _ session: PostgresSession, after advance: PostgresQuery? = nil
  ) throws -> CommandDecision {
    let parameters: [PostgresParameter] = [.texts(keys.map(\.groupID)), .texts(keys.map(\.timerID)), now]
    let before = [PostgresQuery(.begin)] + (advance.map { [$0] } ?? [])
    // The time is read once the locks are held, so that it is not older than what they waited for.
    let replies = try session.run(
      before + [PostgresQuery(.lock, parameters), PostgresQuery(.time, [now])], commits: false)
    if advance != nil, replies[1].count == 0 { throw StaleOffset() }
    var (stored, unreadable): ([TimerKey: Timer], [TimerKey: String]) = ([:], [:])
    for row in try Self.timers(in: replies[before.count]) {
      switch row.timer {
      case .success(let timer): stored[row.key] = timer
      case .failure(let error): unreadable[row.key] = error.message
      }
    }
    return CommandDecision(
      stored: stored, unreadable: unreadable, now: try Self.time(replies[before.count + 1]))
  }

  /// Writes what was decided, and messages, in one round trip.
  func write(
    _ decision: CommandDecision, _ messages: [OutboxMessage], _ session: PostgresSession
  ) throws {
    let (creates, changed) = (decision.creations, decision.changed)
    let messages = decision.messages + messages
    var queries: [PostgresQuery] = []
    if !creates.isEmpty { queries.append(insertion(creates, at: .int8(decision.now.wall.milliseconds))) }
    if !changed.isEmpty { queries.append(Self.rewriting(changed)) }
    queries += Self.retagging(decision.retagged)
    if !messages.isEmpty { queries.append(posting(messages)) }
    guard !queries.isEmpty else { return }
    let replies = try session.run(queries, commits: false)
    guard creates.isEmpty || replies[0].count == creates.count else {
      // Somebody created one of them since; the next try will see it.
      throw PostgresError(sqlState: "40001", "a timer was created meanwhile").storeError(
        mayHaveCommitted: false)
    }
  }

  /// The timers of a reply with their positions in the request; a claim whose node is gone is dropped.
  private static func timers(
    in rows: PostgresRows
  ) throws -> [(position: Int, key: TimerKey, timer: Result<Timer, StoreError>)] {
    typealias Column = PostgresStatement.ReadColumn
    return try (0..<rows.count).map { row in
      let stored = PostgresTimerRow(rows, row, from: Column.timer.rawValue)
      let timer: Result<Timer, StoreError>
      do {
        var read = try stored.timer()
        // Its lease has expired or its node is gone: to the transitions that is the same, and those that change the timer record it.
        if rows.bool(row, Column.isFree.rawValue) { read.claim?.deadline = Timestamp(milliseconds: .min) }
        timer = .success(read)
      } catch let error as StoreError where error.code == .incompatible {
        timer = .failure(error)
      }
      return (Int(rows.int8(row, Column.position.rawValue) ?? 1) - 1, stored.key, timer)
    }
  }
}
