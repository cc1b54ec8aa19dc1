import Testing
public import TimerModel

/// A fresh store that can be searched, and short words for what the conformance suite does with it.
public struct TimerSearchHarness: Sendable {
  let search: any TimerStore & TimerSearch
  let clock: ManualClock
  private let node = NodeID("node-1")

  /// Creates a harness around a store that is empty and takes its time from `clock`.
  public init(store: any TimerStore & TimerSearch, clock: ManualClock) {
    search = store
    self.clock = clock
  }

  var now: Timestamp { clock.now().store }

  func key(_ id: String, in group: String = "g") -> TimerKey { TimerKey(groupID: group, timerID: id) }

  func create(
    _ id: String, in group: String = "g", after seconds: Int = 0, url: String = "http://example.com/a",
    tags: [String: String] = [:]
  ) async throws {
    let definition = TimerDefinition(
      executeAt: Timestamp(milliseconds: now.milliseconds + Int64(seconds) * 1000),
      destination: .http(HTTPDestination(url: url)), payload: Array("{\"id\": 1}".utf8), tags: tags)
    let results = try await search.apply([
      .create(CreateTimer(key: key(id, in: group), definition: definition))
    ])
    guard case .created? = results.first else {
      Issue.record("\(id) is not created: \(results)")
      return
    }
  }

  /// Creates timers of group `g` in one batch.
  func create(contentsOf ids: [String], after seconds: Int = 0) async throws {
    let executeAt = Timestamp(milliseconds: now.milliseconds + Int64(seconds) * 1000)
    let definition = TimerDefinition(
      executeAt: executeAt, destination: .http(HTTPDestination(url: "http://example.com/a")),
      payload: Array("{\"id\": 1}".utf8))
    let results = try await search.apply(
      ids.map { .create(CreateTimer(key: key($0), definition: definition)) })
    #expect(results.count == ids.count)
  }

  func cancel(_ id: String, in group: String = "g") async throws {
    _ = try await search.apply([.cancel(CancelTimer(key: key(id, in: group)))])
  }

  /// Claims a timer that is due, and ends the claim.
  func fire(
    _ id: String, in group: String = "g", _ ending: Settlement.Ending = .delivered, status: Int? = 200,
    error: String? = nil
  ) async throws {
    let timer = try #require(try await claim(id, in: group))
    let record = AttemptRecord(
      number: timer.attempt, startedAt: now, durationMilliseconds: 5,
      result: ending == .delivered ? .delivered : .failed, statusCode: status, error: error)
    let settlement = Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: record)
    #expect(try await search.settle([settlement]) == [.settled])
  }

  @discardableResult
  func claim(_ id: String, in group: String = "g") async throws -> Timer? {
    let request = ClaimRequest(
      keys: [key(id, in: group)], node: node, lease: .seconds(3600), claimAhead: .zero)
    guard case .claimed(let timer)? = try await search.claim(request).verdicts.first else { return nil }
    return timer
  }

  /// Reads all pages of a query, and returns the ids in their order.
  func ids(
    _ query: TimerQuery, size: Int = 3, limits: SearchLimits = SearchLimits()
  ) async throws -> [String] {
    var ids: [String] = []
    var position: ScanPosition?
    for _ in 0..<1000 {
      let page = try await search.page(query, after: position, size: size, limits: limits)
      #expect(page.timers.count <= size)
      ids += page.timers.map(\.key.timerID)
      position = page.next
      if position == nil { return ids }
    }
    Issue.record("the list has no end")
    return ids
  }

  /// Returns the ids of the timers in `g` that a filter selects.
  func ids(_ change: (inout TimerFilter) -> Void, order: TimerOrder? = nil) async throws -> [String] {
    try await ids(query("g", change, order: order))
  }

  func query(
    _ group: String?, _ change: (inout TimerFilter) -> Void = { _ in }, order: TimerOrder? = nil
  ) -> TimerQuery {
    var filter = TimerFilter()
    change(&filter)
    return TimerQuery(groupID: group, filter: filter, order: order)
  }
}
