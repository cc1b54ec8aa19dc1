import Testing
public import TimerModel

/// The conformance suite of `TimerIndex`; each adapter runs all cases against a fresh, empty index.
public enum TimerIndexConformance: String, CaseIterable, Sendable {
  /// The earliest entry comes first.
  case readsDueEntriesEarliestFirst
  /// An entry that is due at exactly the given time is read.
  case readsThroughGivenTime
  /// Reading twice gives the same.
  case readingRemovesNothing
  /// The reply names the due time of the first entry that is not in it, for each shard.
  case reportsNextDueTime
  /// There is one entry per timer.
  case addingAgainMovesEntry
  /// A removed entry is gone.
  case removesReadEntries
  /// Unknown entries and empty lists do nothing.
  case removingUnknownEntriesIsHarmless
  /// Other shards are not touched.
  case readsOnlyGivenShards
  /// The limit holds for all shards together, earliest first.
  case limitsAcrossShards
  /// Entries with the same due time do not hide one another.
  case tiedEntriesAreAllRead
  /// The count is that of the given shards.
  case countsPerShard
  /// Due times at the extremes of their type keep their order and can be removed.
  case acceptsExtremeDueTimes
  /// Nothing is lost or doubled however often entries move.
  case manyMovesLoseNoEntry

  /// Runs the case against a fresh index; what does not hold becomes an issue of the current test.
  ///
  /// - Throws: errors of the index that the case does not expect, and requirements that do not hold.
  public func run(on index: any TimerIndex) async throws {
    switch self {
    case .readsDueEntriesEarliestFirst:
      try await index.add([entry("c", 30), entry("a", 10), entry("b", 20)])
      #expect(try await read(index, 100) == ["a", "b", "c"])
    case .readsThroughGivenTime:
      try await index.add([entry("a", 10), entry("b", 11)])
      #expect(try await read(index, 10) == ["a"])
      #expect(try await read(index, 9) == [])
    case .readingRemovesNothing:
      try await index.add([entry("a", 10), entry("b", 20)])
      #expect(try await read(index, 100) == ["a", "b"])
      #expect(try await read(index, 100) == ["a", "b"])
    case .reportsNextDueTime:
      #expect(try await index.due(in: [1], through: at(5), limit: 10).nextDueAt == [:])
      try await index.add([entry("a", 10), entry("b", 20), entry("c", 30)])
      #expect(try await index.due(in: [1], through: at(5), limit: 10).nextDueAt == [1: at(10)])
      #expect(try await index.due(in: [1], through: at(10), limit: 10).nextDueAt == [1: at(20)])
      #expect(try await index.due(in: [1], through: at(100), limit: 2).nextDueAt == [1: at(30)])
      #expect(try await index.due(in: [1], through: at(100), limit: 3).nextDueAt == [:])
      try await index.add([entry("d", 7, shard: 2), entry("e", 8, shard: 2)])
      #expect(
        try await index.due(in: [2, 1], through: at(7), limit: 10).nextDueAt == [1: at(10), 2: at(8)])
    case .addingAgainMovesEntry:
      try await index.add([entry("a", 10)])
      try await index.add([entry("a", 50)])
      #expect(try await read(index, 40) == [])
      try await index.add([entry("a", 5)])
      #expect(try await read(index, 6) == ["a"])
      #expect(try await index.count(in: [1]) == 1)
    case .removesReadEntries:
      try await index.add([entry("a", 10), entry("b", 20)])
      try await index.remove([entry("a", 10)])
      #expect(try await read(index, 100) == ["b"])
    case .removingUnknownEntriesIsHarmless:
      try await index.remove([entry("a", 10), entry("z", 1, shard: 99)])
      try await index.remove([])
      try await index.add([])
      #expect(try await read(index, 100) == [])
    case .readsOnlyGivenShards:
      try await index.add([entry("a", 10, shard: 1), entry("b", 5, shard: 2), entry("c", 1, shard: 3)])
      #expect(
        try await index.due(in: [1, 2], through: at(100), limit: 10).entries.map(\.key.timerID) == ["b", "a"])
      #expect(
        try await index.due(in: [], through: at(100), limit: 10) == DueReply(entries: []))
    case .limitsAcrossShards:
      try await index.add((0..<20).map { entry("t\($0)", Int64($0), shard: $0 % 4) })
      let reply = try await index.due(in: [0, 1, 2, 3], through: at(100), limit: 7)
      #expect(reply.entries.map(\.dueAt) == (0..<7).map { at($0) })
      #expect(reply.nextDueAt == [0: at(8), 1: at(9), 2: at(10), 3: at(7)])
    case .tiedEntriesAreAllRead:
      try await index.add((0..<10).map { entry("t\($0)", 10) })
      #expect(try await Set(read(index, 10)).count == 10)
    case .countsPerShard:
      try await index.add([entry("a", 10, shard: 1), entry("b", 5, shard: 2), entry("c", 1, shard: 2)])
      #expect(try await index.count(in: [2]) == 2)
      #expect(try await index.count(in: [1, 2, 3]) == 3)
    case .acceptsExtremeDueTimes:
      let entries = [entry("a", .min), entry("b", -1), entry("c", 5), entry("d", .max)]
      try await index.add(entries)
      let due = try await index.due(in: [1], through: at(5), limit: 10)
      #expect(Set(due.entries.map(\.key.timerID)) == ["a", "b", "c"])
      let all = try await index.due(in: [1], through: at(.max), limit: 10).entries
      #expect(all.map(\.key.timerID).suffix(2) == ["c", "d"])
      _ = try await index.due(in: [1], through: at(.min), limit: .max)
      try await index.remove(all)
      #expect(try await index.count(in: [1]) == 0)
    case .manyMovesLoseNoEntry:
      for round in 0..<5 {
        try await index.add(
          (0..<10_000).map { entry("t\($0)", Int64($0 * 7 % 10_000 + round), shard: $0 % 8) })
      }
      #expect(try await index.count(in: Array(0..<8)) == 10_000)
      let reply = try await index.due(in: Array(0..<8), through: at(.max), limit: 10_000)
      #expect(reply.entries.count == 10_000)
      #expect(reply.entries.map(\.dueAt) == (0..<10_000).map { at(Int64($0) + 4) })
      try await index.remove(reply.entries)
      #expect(try await index.count(in: Array(0..<8)) == 0)
    }
  }

  private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  private func entry(_ id: String, _ dueAt: Int64, shard: Int = 1) -> DueEntry {
    DueEntry(key: TimerKey(groupID: "g", timerID: id), shard: shard, dueAt: at(dueAt))
  }

  private func read(_ index: any TimerIndex, _ through: Int64) async throws -> [String] {
    try await index.due(in: [1], through: at(through), limit: 1000).entries.map(\.key.timerID)
  }
}
