import Testing
import TimerModel

extension TimerSearchHarness {
  func listsByKey() async throws {
    for id in ["b", "d", "a", "c", "e"] { try await create(id) }
    for id in ["y", "x"] { try await create(id, in: "f") }
    #expect(try await ids(query("g")) == ["a", "b", "c", "d", "e"])
    #expect(try await ids(query("g"), size: 5) == ["a", "b", "c", "d", "e"])
    #expect(try await ids(query("none")) == [])
    #expect(try await ids(query(nil), size: 2) == ["x", "y", "a", "b", "c", "d", "e"])
    let page = try await search.page(query("g"), after: nil, size: 1)
    #expect(page.timers.first?.definition.payload == Array("{\"id\": 1}".utf8), "a list shows all of a timer")
  }

  func listsByDueTime() async throws {
    for (id, seconds) in [("c", 30), ("a", 50), ("b", 10), ("d", 40), ("e", 20)] {
      try await create(id, after: seconds)
    }
    try await create("other", in: "f", after: 25)
    try await create("done", after: 35)
    try await cancel("done")
    let scheduled: (inout TimerFilter) -> Void = { $0.statuses = [.scheduled] }
    #expect(try await ids(scheduled, order: TimerOrder(.executeAt)) == ["b", "e", "c", "d", "a"])
    #expect(
      try await ids(scheduled, order: TimerOrder(.executeAt, isDescending: true)) == [
        "a", "d", "c", "e", "b",
      ])
    let all = query(nil, scheduled, order: TimerOrder(.executeAt))
    #expect(try await ids(all, size: 2) == ["b", "e", "other", "c", "d", "a"])
    let range = now
    let found = try await ids {
      $0.statuses = [.scheduled]
      $0.executeAfter = range + .seconds(20)
      $0.executeBefore = range + .seconds(40)
    }
    #expect(found == ["e", "c"])
  }

  func listsByEnd() async throws {
    for id in ["a", "b", "c", "d", "waiting"] { try await create(id) }
    try await create("other", in: "f")
    let begin = now
    for (id, ending) in [("c", Settlement.Ending.delivered), ("a", .dead), ("d", .delivered)] {
      clock.advance(by: .seconds(1))
      try await fire(id, ending, status: ending == .dead ? 500 : 200)
    }
    clock.advance(by: .seconds(1))
    try await fire("other", in: "f", .dead, status: 404)
    clock.advance(by: .seconds(1))
    try await cancel("b")
    #expect(try await ids({ _ in }, order: TimerOrder(.endedAt)) == ["c", "a", "d", "b"])
    #expect(try await ids({ _ in }, order: TimerOrder(.endedAt, isDescending: true)) == ["b", "d", "a", "c"])
    #expect(try await ids { $0.statuses = [.dead] } == ["a"])
    #expect(try await ids(query(nil, { $0.statuses = [.dead] }), size: 1) == ["a", "other"])
    let newest = query(nil, { $0.statuses = [.dead] }, order: TimerOrder(.endedAt, isDescending: true))
    #expect(try await ids(newest, size: 1) == ["other", "a"])
    let all = query(nil, { $0.statuses = [.delivered, .dead] }, order: TimerOrder(.endedAt))
    #expect(try await ids(all, size: 2) == ["c", "a", "d", "other"])
    let found = try await ids {
      $0.endedAfter = begin + .seconds(2)
      $0.endedBefore = begin + .seconds(5)
    }
    #expect(found == ["a", "d"])
  }

  func findsByTag() async throws {
    try await create("a", tags: ["customer": "42", "kind": "reminder"])
    try await create("b", tags: ["customer": "42"])
    try await create("c", tags: ["customer": "7", "kind": ""])
    try await create("d")
    try await create("x", in: "f", tags: ["customer": "42"])
    let customer = Tag(name: "customer", value: "42")
    #expect(try await ids { $0.tags = [customer] } == ["a", "b"])
    #expect(try await ids(query(nil, { $0.tags = [customer] }), size: 1) == ["x", "a", "b"])
    #expect(try await ids { $0.tags = [customer, Tag(name: "kind", value: "reminder")] } == ["a"])
    #expect(try await ids { $0.tags = [Tag(name: "kind", value: "")] } == ["c"])
    let changes = TimerChanges(tags: ["customer": "7"])
    _ = try await search.apply([.update(UpdateTimer(key: key("a"), changes: changes))])
    #expect(try await ids { $0.tags = [customer] } == ["b"])
    #expect(try await ids { $0.tags = [Tag(name: "customer", value: "7")] } == ["a", "c"])
    try await cancel("b")
    #expect(try await ids { $0.tags = [customer] } == ["b"])
    clock.advance(by: .seconds(10))
    #expect(try await search.purge(endedBefore: now, limit: 10) == 1)
    #expect(try await ids { $0.tags = [customer] } == [])
    try await create("b")
    #expect(try await ids { $0.tags = [customer] } == [], "a new timer does not have the tags of an old one")
  }

  func filters() async throws {
    try await create("order-1", url: "https://Example.com:8443/Hook")
    try await create("order-2", url: "http://b.example/", tags: ["note": "Blue"])
    try await create("order-3", after: 60)
    try await create("cart-1")
    try await fire("order-1", .dead, status: 503)
    try await fire("order-2", .retry(at: now + .seconds(9)), status: nil, error: "Operation timed out")
    try await claim("cart-1")
    #expect(try await ids { $0.statuses = [.scheduled] } == ["order-2", "order-3"])
    #expect(try await ids { $0.statuses = [.delivering, .dead] } == ["cart-1", "order-1"])
    #expect(try await ids { $0.idPrefix = "order-" } == ["order-1", "order-2", "order-3"])
    #expect(try await ids { $0.idPrefix = "z" } == [])
    #expect(try await ids { $0.destinations = ["https://example.com:8443"] } == ["order-1"])
    #expect(try await ids { $0.destinations = ["http://b.example", "none"] } == ["order-2"])
    for (status, found) in [
      (LastStatus.code(503), ["order-1"]), (.hundred(5), ["order-1"]), (.hundred(4), []),
      (.timeout, ["order-2"]),
      (.noAnswer, ["order-2"]),
    ] {
      #expect(try await ids { $0.lastStatuses = [status] } == found, "\(status)")
    }
    for (text, found) in [
      ("cart", ["cart-1"]), ("HOOK", ["order-1"]), ("blue", ["order-2"]), ("-3", ["order-3"]), ("zzz", []),
    ] {
      #expect(try await ids { $0.text = text } == found, "\(text)")
    }
    let later = now + .seconds(30)
    #expect(try await ids { $0.executeAfter = later } == ["order-3"])
  }

  func sortsSmallSets() async throws {
    for (id, seconds) in [("b", 20), ("c", 10), ("a", 30)] {
      try await create(id, after: seconds, tags: ["t": "1"])
      clock.advance(by: .milliseconds(5))
    }
    try await create("d", after: 5)
    #expect(try await ids({ _ in }, order: TimerOrder(.createdAt)) == ["b", "c", "a", "d"])
    #expect(
      try await ids({ _ in }, order: TimerOrder(.createdAt, isDescending: true)) == ["d", "a", "c", "b"])
    #expect(try await ids({ _ in }, order: TimerOrder(.executeAt)) == ["d", "c", "b", "a"])
    let tagged: (inout TimerFilter) -> Void = { $0.tags = [Tag(name: "t", value: "1")] }
    let all = query(nil, tagged, order: TimerOrder(.createdAt))
    #expect(try await ids(all, size: 1) == ["b", "c", "a"])
    var limits = SearchLimits()
    limits.sorted = 1
    try await create(contentsOf: (0..<1100).map { "many-\($0)" })
    let error = await #expect(throws: UnservedQueryError.self) {
      _ = try await search.page(
        query("g", order: TimerOrder(.createdAt)), after: nil, size: 3, limits: limits)
    }
    #expect(error?.parameter == "orderBy")
  }
}
