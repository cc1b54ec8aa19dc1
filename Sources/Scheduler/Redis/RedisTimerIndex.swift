package import Logging
import Synchronization
package import TimerModel

/// The near-term index in Redis: a sorted set per shard, on one server, behind Sentinels or in a cluster.
///
/// Whatever waits is written in one go and every reply is checked. An operation that was not answered in time fails, and
/// its connection with it. TLS is not to be had from hiredis 0.14: a local stunnel or the platform's proxy provides it.
package final class RedisTimerIndex: TimerIndex {
  let loop: RedisLoop
  let keys: RedisKeys
  let markers = Mutex(ShardMarkers())
  /// The errors of operations that failed when they were last tried, in a way that waiting does not help.
  let permanentErrors = Mutex<[Operation: IndexError]>([:])
  let logger: Logger

  enum Operation: Sendable { case add, due, remove, count }

  /// So many entries go into one command, so that none holds the server up.
  static let chunk = 500

  /// Creates an index; it connects when it is first used.
  package init(configuration: RedisConfiguration, logger: Logger) {
    keys = RedisKeys(prefix: configuration.prefix)
    loop = RedisLoop(configuration: configuration, logger: logger)
    self.logger = logger
    loop.start()
  }

  deinit { loop.stop() }

  /// Ends the connections; what waits fails, and so does all that comes later.
  package func close() { loop.stop() }

  /// Adds entries; a timer that is already there moves to the new time.
  package func add(_ entries: [DueEntry]) async throws {
    var commands: [RoutedCommand] = []
    for (shard, part) in Self.parts(of: entries) {
      commands.append(
        command(
          shard,
          ["ZADD", keys.due(shard)] + part.flatMap { [RedisKeys.score($0.dueAt), RedisKeys.member($0.key)] }))
    }
    _ = try await perform(commands, for: .add)
  }

  /// Removes the entries of these timers, whatever their times.
  package func remove(_ entries: [DueEntry]) async throws {
    var commands: [RoutedCommand] = []
    for (shard, part) in Self.parts(of: entries) {
      commands.append(command(shard, ["ZREM", keys.due(shard)] + part.map { RedisKeys.member($0.key) }))
    }
    _ = try await perform(commands, for: .remove)
  }

  /// Returns the number of entries in `shards`. Throws `lost` once if entries have disappeared.
  package func count(in shards: [Int]) async throws -> Int {
    let expected = markers.withLock(\.expectation)
    let fresh = shards.filter { !expected.isKnown($0) }
    let replies = try await perform(
      markerCommands(fresh)
        + shards.flatMap { shard in
          [
            command(shard, ["ZINCRBY", keys.due(shard), "-1", RedisKeys.marker]),
            command(shard, ["ZCARD", keys.due(shard)]),
          ]
        }, for: .count)
    var scores: [Int: Int64?] = [:]
    var total = 0
    for (index, shard) in shards.enumerated() {
      let pair = replies[(fresh.count + 2 * index)...]
      scores[shard] = pair.first?.text.flatMap(RedisKeys.markerScore)
      // As much as a set can hold, whatever is answered.
      total += Int(min(max(1, pair.dropFirst().first?.number ?? 1), 1 << 32)) - 1
    }
    try await check(scores, against: expected)
    return total
  }

  /// Commands that give shards a marker if they have none.
  func markerCommands(_ shards: [Int]) -> [RoutedCommand] {
    shards.map { command($0, ["ZADD", keys.due($0), "NX", ShardMarkers.firstScore(), RedisKeys.marker]) }
  }

  func command(_ shard: Int, _ arguments: [String]) -> RoutedCommand {
    RoutedCommand(slot: keys.slot(shard), arguments)
  }

  /// Sends commands; throws the first error among the replies.
  ///
  /// A key that holds something else than a sorted set is null: its shard has no entries, as if it had lost them.
  func perform(_ commands: [RoutedCommand], for operation: Operation) async throws -> [RedisValue] {
    do {
      var replies = try await loop.send(commands)
      for (index, reply) in replies.enumerated() {
        guard case .error(let text) = reply else { continue }
        let isRead = operation == .due || operation == .count
        guard isRead, Self.isWrongType(text) else { throw IndexError(reply: text) }
        replies[index] = .null
      }
      permanentErrors.withLock { _ = $0.removeValue(forKey: operation) }
      return replies
    } catch {
      markers.withLock {
        $0.reported(lostConnections: loop.lostConnections.load(ordering: .sequentiallyConsistent))
      }
      if let error = error as? IndexError, !error.isRetriable {
        permanentErrors.withLock { $0[operation] = error }
      }
      throw error
    }
  }

  static func isWrongType(_ text: String) -> Bool { text.hasPrefix("WRONGTYPE") }

  /// Throws if entries have gone. What is left of them is wiped: the caller adds all that is due again, and stale entries
  /// of an old dump, none of which can be claimed, would stand in the way of these.
  func check(_ scores: [Int: Int64?], against expected: ShardMarkers.Expectation) async throws {
    let lostConnections = loop.lostConnections.load(ordering: .sequentiallyConsistent)
    switch markers.withLock({ $0.check(scores, against: expected, lostConnections: lostConnections) }) {
    case .intact: return
    case .uncertain:
      throw IndexError(code: .lost, message: "the connection to Redis was lost, and writes perhaps with it")
    case .lost(let shards):
      await wipe(shards)
      throw IndexError(code: .lost, message: "Redis has lost the entries of \(shards.count) shards")
    }
  }

  /// If that fails the entries are stale at worst.
  private func wipe(_ shards: [Int]) async {
    let replies = try? await loop.send(shards.map { command($0, ["UNLINK", keys.due($0)]) })
    var warning: String?
    for case .error(let text) in replies ?? [] {
      warning = "what is left of an index cannot be wiped: UNLINK: \(text.prefix(100))"
    }
    let isNew = loop.warnings.withLock { $0.set(warning, for: .wiping) }
    if isNew, let warning { logger.warning("\(warning)") }
  }

  /// Entries by shard, in their order, in parts of a bounded size.
  private static func parts(of entries: [DueEntry]) -> [(Int, ArraySlice<DueEntry>)] {
    Dictionary(grouping: entries, by: \.shard).sorted { $0.key < $1.key }.flatMap { shard, entries in
      stride(from: 0, to: entries.count, by: chunk).map { start in
        (shard, entries[start..<min(start + chunk, entries.count)])
      }
    }
  }
}
