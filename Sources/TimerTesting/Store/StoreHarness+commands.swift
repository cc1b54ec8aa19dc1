import Testing
import TimerModel

extension StoreHarness {
  func createsOnce() async throws {
    let command = TimerCommand.create(CreateTimer(key: key("a"), definition: definition(in: 60)))
    guard case .created(let timer) = try await apply(command) else {
      Issue.record("a new timer is created")
      return
    }
    #expect(timer.status == .scheduled && timer.revision == 1 && timer.dueAt == timer.definition.executeAt)
    #expect(try await apply(command) == .repeated(timer))
    #expect(try await create("a", in: 61) == .rejected(.conflict(timer)))
    #expect(try await self.timer("a") == timer)
  }

  func keepsEveryField() async throws {
    let policy = RetryPolicy(
      maxAttempts: 7, maxAttemptsDuration: .seconds(90), initialInterval: .milliseconds(250),
      backoffMultiplier: 1.5, maxInterval: .seconds(30))
    var full = definition(in: 60, payload: Array("{}".utf8))
    full.retryPolicy = policy
    full.callbackTimeoutSeconds = 9
    full.tags = ["customer": "42", "note": "1 \"2\" ü 𝄞: \u{1}", "empty": ""]
    full.destination = .http(
      HTTPDestination(
        url: "https://example.com/a?b=c",
        headers: [Header(name: "X-B", value: "1 \"2\""), Header(name: "A", value: "")]))
    let trace = TraceContext(
      traceparent: "00-\(String(repeating: "1", count: 32))-2222222222222222-01", tracestate: "a=b")
    let create = CreateTimer(key: key("full"), definition: full, traceContext: trace)
    #expect(try await apply(.create(create)) == .created(Timer(creating: create, at: now)))
    #expect(try await timer("full") == Timer(creating: create, at: now))
    full.destination = .kafka(
      KafkaDestination(topic: "t", key: "k", headers: [Header(name: "h", value: "v")]))
    let kafka = CreateTimer(key: key("kafka"), definition: full)
    _ = try await apply(.create(kafka))
    #expect(try await timer("kafka") == Timer(creating: kafka, at: now))
    #expect(try await store.timers([key("none"), key("full")]).map { $0?.key } == [nil, key("full")])
  }

  func keepsPayloadBytes() async throws {
    let payloads = [
      "null", "12345678901234567890.10", "{ \"b\" : 1,\n\t\"a\":1e400 }", "\"\\u0000 ü 𝄞\"",
      "\"" + String(repeating: "x", count: 256 << 10) + "\"",
    ].map { Array($0.utf8) }
    for (number, payload) in payloads.enumerated() {
      try await create("p\(number)", payload: payload)
      #expect(try await timer("p\(number)").definition.payload == payload)
      #expect(try await claimed("p\(number)").definition.payload == payload)
    }
    try await create("none")
    #expect(try await timer("none").definition.payload == nil)
  }

  func updatesOnlyNamedFields() async throws {
    try await create("a", in: 60, payload: [0x31])
    let before = try await timer("a")
    clock.advance(by: .seconds(1))
    let later = now + .seconds(500)
    let update = UpdateTimer(key: key("a"), changes: TimerChanges(executeAt: later), ifRevision: 1)
    guard case .updated(let after) = try await apply(.update(update)) else {
      Issue.record("a scheduled timer is updated")
      return
    }
    #expect(after.definition.executeAt == later && after.dueAt == later && after.revision == 2)
    #expect(
      after.definition.payload == [0x31] && after.definition.destination == before.definition.destination)
    #expect(
      after.firingID == update.firingID && after.updatedAt == now && after.createdAt == before.createdAt)
    #expect(try await timer("a") == after)
    let payload = UpdateTimer(key: key("a"), changes: TimerChanges(payload: .some(nil)))
    _ = try await apply(.update(payload))
    #expect(try await timer("a").definition.payload == nil)
    #expect(
      try await apply(.update(UpdateTimer(key: key("no"), changes: TimerChanges()))) == .rejected(.notFound))
  }

  func identicalUpdateKeepsRevision() async throws {
    try await create("a", in: 60)
    let before = try await timer("a")
    let same = UpdateTimer(key: key("a"), changes: TimerChanges(executeAt: before.definition.executeAt))
    #expect(try await apply(.update(same)) == .unchanged(before))
    #expect(try await timer("a") == before)
  }

  func revisionsAreCompared() async throws {
    try await create("a", in: 60)
    let changes = TimerChanges(executeAt: now + .seconds(5))
    #expect(
      try await apply(.update(UpdateTimer(key: key("a"), changes: changes, ifRevision: 2)))
        == .rejected(.revisionMismatch(current: 1)))
    #expect(
      try await apply(.cancel(CancelTimer(key: key("a"), ifRevision: 2)))
        == .rejected(.revisionMismatch(current: 1)))
    #expect(try await timer("a").phase == .scheduled)
  }

  func cancelIsFinal() async throws {
    try await create("a")
    let cancel = TimerCommand.cancel(CancelTimer(key: key("a")))
    for _ in 0..<2 {
      guard case .cancelled = try await apply(cancel) else {
        Issue.record("a cancel is confirmed, again and again")
        return
      }
    }
    #expect(try await claim(["a"]) == [.gone])
    #expect(try await timer("a").status == .cancelled)
    let changes = TimerChanges(executeAt: now + .seconds(5))
    #expect(
      try await apply(.update(UpdateTimer(key: key("a"), changes: changes)))
        == .rejected(.notScheduled(.cancelled)))
    #expect(try await apply(.cancel(CancelTimer(key: key("no")))) == .rejected(.notFound))
  }

  func claimRejectsChanges() async throws {
    try await create("a")
    _ = try await claimed("a")
    let changes = TimerChanges(executeAt: now + .seconds(5))
    #expect(
      try await apply(.update(UpdateTimer(key: key("a"), changes: changes)))
        == .rejected(.notScheduled(.delivering)))
    #expect(try await apply(.cancel(CancelTimer(key: key("a")))) == .rejected(.notScheduled(.delivering)))
    #expect(try await timer("a").status == .delivering)
  }

  func batchesKeepOrder() async throws {
    let create = TimerCommand.create(CreateTimer(key: key("a"), definition: definition(in: 60)))
    let update = TimerCommand.update(
      UpdateTimer(key: key("a"), changes: TimerChanges(payload: .some([0x31]))))
    let cancel = TimerCommand.cancel(CancelTimer(key: key("a")))
    let results = try await store.apply([cancel, create, update, cancel, update])
    guard results.count == 5, case .rejected(.notFound) = results[0], case .created = results[1],
      case .updated = results[2], case .cancelled = results[3],
      case .rejected(.notScheduled(.cancelled)) = results[4]
    else {
      Issue.record("results are out of order: \(results)")
      return
    }
  }

  func batchSizes() async throws {
    #expect(try await store.apply([]) == [])
    #expect(try await store.timers([]) == [])
    #expect(try await claim([]) == [])
    #expect(try await store.settle([]) == [])
    let ids = (0..<1000).map { "t\($0)" }
    let creates = ids.map { TimerCommand.create(CreateTimer(key: key($0), definition: definition())) }
    #expect(try await store.apply(creates).count == 1000)
    let timers = try await claim(ids).compactMap { if case .claimed(let timer) = $0 { timer } else { nil } }
    #expect(timers.map(\.key.timerID) == ids)
    let settlements = timers.map {
      Settlement(key: $0.key, fence: $0.fence, ending: .delivered, attempt: nil)
    }
    #expect(try await store.settle(settlements) == Array(repeating: .settled, count: 1000))
    #expect(try await store.timers(ids.map(key)).allSatisfy { $0?.phase == .delivered })
  }
}
