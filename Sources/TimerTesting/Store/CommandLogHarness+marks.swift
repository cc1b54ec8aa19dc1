import Testing
import TimerModel

extension CommandLogHarness {
  func positionsKeepMarks() async throws {
    let record = LogMark.Record(offset: 1, timestamp: 1_795_000_000_000, digest: .max)
    let marks = [
      LogMark(record: record, generation: 2, replay: LogReplay(until: 90, isCertain: true)), nil,
      LogMark(generation: 1),
    ]
    var offset: Int64?
    for (place, mark) in marks.enumerated() {
      let next = Int64(place + 2)
      // With creations and without: stores have ways of their own for each.
      let commands = place == 1 ? [] : [create("m\(place)")]
      let batch = CommandBatch(
        source: source(), expectedOffset: offset, nextOffset: next, mark: mark, commands: commands)
      guard case .applied = try await log.apply(batch, messages: { _ in [] }) else {
        Issue.record("a batch with a mark counts")
        return
      }
      let own = LogPosition(group: "timerd", offset: next, mark: mark)
      #expect(try await log.positions(of: [source()]) == [LogPositions(own: own)])
      offset = next
    }
    for (group, next) in [("a", Int64(9)), ("b", 12), ("c", 11)] {
      let batch = CommandBatch(
        source: source(group: group), expectedOffset: nil, nextOffset: next, mark: LogMark(record: record),
        commands: [])
      _ = try await log.apply(batch, messages: { _ in [] })
    }
    let furthest = LogPosition(group: "b", offset: 12, mark: LogMark(record: record))
    let own = LogPosition(group: "timerd", offset: 4, mark: LogMark(generation: 1))
    #expect(
      try await log.positions(of: [source(3), source(), source(group: "new")]) == [
        LogPositions(), LogPositions(own: own, other: furthest), LogPositions(other: furthest),
      ])
  }

  func purgeTimeIsRecorded() async throws {
    #expect(try await log.purgedBefore() == nil)
    try await timers.create("a")
    try await timers.create("b")
    _ = try await log.apply(["a", "b"].map { .cancel(CancelTimer(key: timers.key($0))) })
    let now = timers.now
    #expect(try await log.purge(endedBefore: now - .seconds(5), limit: 10) == 0)
    #expect(try await log.purgedBefore() == nil, "nothing was there to be purged")
    #expect(try await log.purge(endedBefore: now + .seconds(5), limit: 1) == 1)
    #expect(try await log.purgedBefore() == now + .seconds(5))
    #expect(try await log.purge(endedBefore: now + .seconds(3), limit: 1) == 1)
    #expect(try await log.purgedBefore() == now + .seconds(5), "it never goes back")
  }
}
