import Synchronization
package import TimerModel

extension RedisTimerIndex {
  /// The first entries of a shard's sorted set.
  private struct ShardHead {
    let shard: Int
    var marker: Int64?
    /// The earliest entries that are due.
    var due: [DueEntry] = []
    /// Members that this service has not written. They are removed, or they would stand before the others for ever.
    var foreign: [[UInt8]] = []
    /// True if there are more of them.
    var isCut = false
    /// The due time of the first entry that is not due yet.
    var next: Timestamp?
  }

  /// Reads what is due by `through` in `shards`, without removing it. Throws `lost` once if entries have gone.
  package func due(in shards: [Int], through: Timestamp, limit: Int) async throws -> DueReply {
    guard !shards.isEmpty else { return DueReply(entries: []) }
    // Most often few entries of a shard are due, or the shards share what is due about evenly.
    let share = min(limit, max(Self.smallRead, min(Self.largeShare, (limit - 1) / shards.count + 1)))
    let first = Self.merge(try await read(shards, through, share), limit: limit)
    guard first.isCut, share < limit, first.reply.entries.count < limit / 2 else { return first.reply }
    return Self.merge(try await read(shards, through, limit), limit: limit).reply
  }

  /// The least number of entries that are read of a shard: with fewer, a command costs about as much.
  private static let smallRead = 16
  /// The number of entries that are read of a shard before it is known whether more are due.
  private static let largeShare = 64

  /// Puts the shards' entries in order, and leaves out those that might not be next because a shard was cut short before them.
  private static func merge(_ heads: [ShardHead], limit: Int) -> (reply: DueReply, isCut: Bool) {
    // Whatever was not read of a shard that was cut short is due at its last entry's time or later.
    // Where foreign members stood in the way the others do not wait.
    let known = heads.lazy.filter { $0.isCut && $0.foreign.isEmpty }.compactMap(\.due.last?.dueAt).min()
    let entries = heads.flatMap(\.due).sorted { $0.dueAt < $1.dueAt }
    var count = min(entries.count, limit)
    if let known {
      while count > 0, entries[count - 1].dueAt > known { count -= 1 }
    }
    var next: [Int: Timestamp] = [:]
    for head in heads {
      // Of a shard that was cut short, more is due at its last entry's time or later.
      let rest = head.isCut && head.foreign.isEmpty ? head.due.last?.dueAt : nil
      if let dueAt = head.next ?? rest { next[head.shard] = dueAt }
    }
    for entry in entries[count...] { next[entry.shard] = min(next[entry.shard] ?? entry.dueAt, entry.dueAt) }
    return (DueReply(entries: Array(entries[..<count]), nextDueAt: next), heads.contains(where: \.isCut))
  }

  private func read(_ shards: [Int], _ through: Timestamp, _ limit: Int) async throws -> [ShardHead] {
    let expected = markers.withLock(\.expectation)
    let fresh = shards.filter { !expected.isKnown($0) }
    let replies = try await perform(
      markerCommands(fresh)
        + shards.map { shard in
          // The marker's score is below all others; one entry more than wanted tells what is next.
          command(
            shard,
            [
              "ZRANGEBYSCORE", keys.due(shard), "-inf", "+inf", "WITHSCORES", "LIMIT", "0",
              "\(min(limit, .max - 2) + 2)",
            ])
        }, for: .due)
    var heads: [ShardHead] = []
    var scores: [Int: Int64?] = [:]
    for (index, shard) in shards.enumerated() {
      let head = try head(of: shard, replies[fresh.count + index], through, limit)
      scores[shard] = .some(head.marker)
      heads.append(head)
    }
    try await check(scores, against: expected)
    await removeForeign(heads.filter { !$0.foreign.isEmpty }.map { ($0.shard, $0.foreign) })
    return heads
  }

  private func head(
    of shard: Int, _ reply: RedisValue, _ through: Timestamp, _ limit: Int
  ) throws(IndexError) -> ShardHead {
    var head = ShardHead(shard: shard)
    for (member, score) in try Self.pairs(reply, atMost: min(limit, .max - 2) + 2) {
      if member.text == RedisKeys.marker {
        head.marker = RedisKeys.markerScore(score)
      } else if let notYet = RedisKeys.instant(score, after: through) {
        head.next = notYet
        break
      } else if let key = member.text.flatMap(RedisKeys.key), let instant = RedisKeys.instant(score) {
        head.due.append(DueEntry(key: key, shard: shard, dueAt: instant))
      } else if let bytes = member.bytes {
        head.foreign.append(bytes)
      }
    }
    head.isCut = head.next == nil && head.due.count + head.foreign.count > limit
    // Those that stand behind foreign members are read at once.
    if head.isCut, !head.foreign.isEmpty { head.next = Timestamp(milliseconds: 0) }
    return head
  }

  /// Returns members with their scores as they are written; throws if that is not what the reply holds.
  private static func pairs(_ reply: RedisValue, atMost limit: Int) throws(IndexError) -> [(
    RedisValue, String
  )] {
    if case .null = reply { return [] }
    guard let flat = reply.elements, flat.count % 2 == 0, flat.count / 2 <= limit else {
      throw IndexError(code: .failed, message: "Redis answered with something else than members and scores")
    }
    var pairs: [(RedisValue, String)] = []
    pairs.reserveCapacity(flat.count / 2)
    for index in stride(from: 0, to: flat.count, by: 2) {
      pairs.append((flat[index], flat[index + 1].text ?? ""))
    }
    return pairs
  }
}
