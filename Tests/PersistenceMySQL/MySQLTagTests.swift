import PersistenceMySQL
import TestSupport
import Testing
import TimerModel

/// The table of tags, which no call reads, beside the timers.
@Suite struct MySQLTagTests {
  @Test func tableFollowsTimers() async throws {
    let server = try MariaDBServer.shared()
    let harness = try await MySQLHarness(MySQLHarness.configuration(server, database: "tag_table"))
    let store = harness.store
    func entries() throws -> [String] {
      try server.query(
        "SELECT CONVERT(CONCAT(tag, ' ', timer_id) USING utf8mb4) FROM tags ORDER BY tag, timer_id",
        database: "tag_table")
    }
    let creations: [TimerCommand] = [
      .create(MySQLHarness.create(1, tags: ["a": "1", "b": ""])), .create(MySQLHarness.create(2)),
      .create(MySQLHarness.create(3, tags: ["a": "1"])),
    ]
    for _ in 0..<2 {
      _ = try await store.apply(creations)
      #expect(try entries() == ["a:1 t1", "a:1 t3", "b: t1"])
    }
    _ = try await store.apply([
      .update(UpdateTimer(key: MySQLHarness.key(1), changes: TimerChanges(tags: ["c": "2"]))),
      .update(UpdateTimer(key: MySQLHarness.key(2), changes: TimerChanges(tags: ["a": "1"]))),
      .update(UpdateTimer(key: MySQLHarness.key(3), changes: TimerChanges(payload: .some(nil)))),
    ])
    #expect(try entries() == ["a:1 t2", "a:1 t3", "c:2 t1"])
    #expect(try await harness.settle(harness.claim([3])) == [.settled])
    let settled = try await store.timers([MySQLHarness.key(3)])
    #expect(settled.first??.definition.tags == ["a": "1"])
    #expect(try entries() == ["a:1 t2", "a:1 t3", "c:2 t1"])
    #expect(try await store.purge(endedBefore: Timestamp(milliseconds: .max), limit: 10) == 1)
    #expect(try entries() == ["a:1 t2", "c:2 t1"])
    _ = try await store.apply(creations)
    #expect(try entries() == ["a:1 t2", "a:1 t3", "c:2 t1"])
    await store.close()
  }

  /// As many tags as a timer may have, with the longest names, and values that take the most bytes as they are and as JSON.
  @Test(arguments: ["𝄞", "\u{1}"])
  func largestTagsFit(character: String) async throws {
    let server = try MariaDBServer.shared()
    let harness = try await MySQLHarness(
      MySQLHarness.configuration(server, database: "tags_of_\(character.utf8.count)"))
    let store = harness.store
    let value = String(repeating: character, count: TagRule.maxValueLength)
    let names = (10..<10 + TagRule.maxCount).map { number in
      "\(number)" + String(repeating: "n", count: TagRule.maxNameLength - 2)
    }
    let tags = Dictionary(uniqueKeysWithValues: names.map { ($0, value) })
    let id = String(repeating: "i", count: IDRule.maxLength)
    let key = TimerKey(groupID: id, timerID: id)
    var create = MySQLHarness.create(1, tags: tags)
    create.key = key
    _ = try await store.apply([.create(create)])
    let full = try await store.timers([key])
    #expect(full.first??.definition.tags == tags)
    _ = try await store.apply([.update(UpdateTimer(key: key, changes: TimerChanges(tags: [:])))])
    let empty = try await store.timers([key])
    #expect(empty.first??.definition.tags == [:])
    await store.close()
  }
}
