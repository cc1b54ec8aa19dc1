import Testing
import TimerModel

extension TimerSearchHarness {
  func pagesAreStable() async throws {
    for number in 10..<40 { try await create("t\(number)", after: number) }
    let scheduled = query("g", { $0.statuses = [.scheduled] }, order: TimerOrder(.executeAt))
    for query in [query("g"), scheduled] {
      var (seen, position): ([String], ScanPosition?) = ([], nil)
      var round = 0
      repeat {
        let page = try await search.page(query, after: position, size: 4)
        seen += page.timers.map(\.key.timerID)
        position = page.next
        // One comes before all others, one behind them, and one that was shown is over.
        try await create("a\(round)", after: 1)
        try await create("z\(round)-\(query.order == nil ? "k" : "d")", after: 1000 + round)
        if let shown = page.timers.first { try await cancel(shown.key.timerID) }
        round += 1
      } while position != nil && round < 60
      let stayed = try await ids(self.query("g", { $0.statuses = [.scheduled] })).filter { $0.hasPrefix("t") }
      #expect(Set(seen).count == seen.count, "shown twice: \(seen)")
      #expect(Set(seen).isSuperset(of: stayed), "missed: \(Set(stayed).subtracting(seen))")
      for number in 0..<round { try await cancel("a\(number)") }
      clock.advance(by: .seconds(1))
      _ = try await search.purge(endedBefore: now, limit: 1000)
    }
  }

  func equalTimesAreShownOnce() async throws {
    let names = (0..<50).map { "t\($0)" }
    try await create(contentsOf: names, after: 5)
    let scheduled: (inout TimerFilter) -> Void = { $0.statuses = [.scheduled] }
    for isDescending in [false, true] {
      let order = TimerOrder(.executeAt, isDescending: isDescending)
      #expect(try await ids(query("g", scheduled, order: order), size: 7).sorted() == names.sorted())
      #expect(try await ids(query(nil, scheduled, order: order), size: 7).sorted() == names.sorted())
    }
    _ = try await search.apply(names.map { .cancel(CancelTimer(key: key($0))) })
    for isDescending in [false, true] {
      let order = TimerOrder(.endedAt, isDescending: isDescending)
      #expect(try await ids(query("g", order: order), size: 7).sorted() == names.sorted())
      #expect(try await ids(query(nil, order: order), size: 7).sorted() == names.sorted())
    }
  }

  func pagesAreBounded() async throws {
    try await create(contentsOf: (100..<400).map { "t\($0)" })
    try await cancel("t350")
    var limits = SearchLimits()
    limits.examined = 100
    let cancelled = query("g", { $0.statuses = [.cancelled] }, order: TimerOrder())
    let first = try await search.page(cancelled, after: nil, size: 10, limits: limits)
    #expect(first.timers.isEmpty && first.next != nil, "an empty page is not the last one")
    #expect(try await ids(cancelled, size: 10, limits: limits) == ["t350"])
    limits.pageBytes = 1
    #expect(try await search.page(query("g"), after: nil, size: 10, limits: limits).timers.count == 1)
    #expect(try await ids(query("g"), size: 10, limits: limits).count == 300)
  }

  func counts() async throws {
    for id in ["a", "b", "c"] { try await create(id, tags: ["kind": id == "a" ? "x" : "y"]) }
    for id in ["d", "e"] { try await create(id, in: "f", url: "https://other.example/") }
    try await fire("a", .dead, status: 500)
    try await cancel("b")
    try await fire("d", in: "f")
    let byStatus = try await search.count(query(nil), by: .status)
    #expect(
      byStatus == TimerCounts(total: 5, groups: ["scheduled": 2, "dead": 1, "cancelled": 1, "delivered": 1]))
    let group = try await search.count(query("g"), by: .status)
    #expect(group == TimerCounts(total: 3, groups: ["scheduled": 1, "dead": 1, "cancelled": 1]))
    #expect(try await search.count(query("g", { $0.statuses = [.dead, .cancelled] }), by: nil).total == 2)
    #expect(try await search.count(query("none"), by: .status) == TimerCounts(total: 0))
    #expect(
      try await search.count(query("g"), by: .tag("kind")) == TimerCounts(total: 3, groups: ["x": 1, "y": 2]))
    #expect(
      try await search.count(query("f"), by: .destination)
        == TimerCounts(total: 2, groups: ["https://other.example": 2]))
    let tagged = query("g", { $0.tags = [Tag(name: "kind", value: "y")] })
    #expect(
      try await search.count(tagged, by: .status)
        == TimerCounts(total: 2, groups: ["scheduled": 1, "cancelled": 1]))
  }

  func groups() async throws {
    for group in ["b", "a", "c"] { try await create("t", in: group) }
    try await create("u", in: "b")
    try await cancel("u", in: "b")
    let all = try await search.groups(after: nil, limit: 10, entries: 1000)
    #expect(all.map(\.groupID) == ["a", "b", "c"])
    #expect(all.map(\.total) == [1, 2, 1])
    #expect(all.dropFirst().first?.counts.filter { $0.value > 0 } == [.scheduled: 1, .cancelled: 1])
    #expect(try await search.groups(after: "a", limit: 1, entries: 1000).map(\.groupID) == ["b"])
    #expect(try await search.groups(after: "c", limit: 1, entries: 1000).isEmpty)
    #expect(try await search.groups(after: nil, limit: 10, entries: 2).map(\.groupID) == ["a", "b"])
  }

  func unservedQueriesAreRefused() async throws {
    func parameter(_ query: TimerQuery) async throws -> String? {
      do {
        _ = try await search.page(query, after: nil, size: 3)
        return nil
      } catch let error as UnservedQueryError {
        return error.parameter
      }
    }
    #expect(try await parameter(query(nil, { $0.text = "a" })) == "q")
    #expect(try await parameter(query(nil, { $0.lastStatuses = [.timeout] })) == "lastStatus")
    #expect(try await parameter(query(nil, { $0.destinations = ["a"] })) == "destination")
    #expect(try await parameter(query(nil, { $0.idPrefix = "a" })) == "idPrefix")
    #expect(try await parameter(query(nil, { $0.executeAfter = now })) == "executeAfter")
    #expect(try await parameter(query(nil, order: TimerOrder(.createdAt))) == "orderBy")
    #expect(try await parameter(query(nil, order: TimerOrder(.executeAt))) == "orderBy")
    #expect(try await parameter(query(nil, order: TimerOrder(.endedAt))) == nil)
    #expect(try await parameter(query("g", order: TimerOrder(.createdAt))) == nil)
  }
}
