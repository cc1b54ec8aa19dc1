import Delivery
import Ingest
import Logging
import ServiceLifecycle
import Telemetry
import Testing
import TimerModel
import TimerTesting

/// However much users name, there are as many time series as before.
@Suite struct CardinalityTests {
  private static let count = 100_000

  @Test(.timeLimit(.minutes(3)))
  func seriesCountIsConstant() async throws {
    let registry = MetricsRegistry(version: "1")
    let before = Self.series(registry)
    let clock = ManualClock(wall: Timestamp(milliseconds: 1_795_447_800_000))
    let store = MeteredTimerStore(InMemoryTimerStore(clock: clock), Instruments(registry))
    let ends = Ends()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let ingest = CommandIngest(
      store: store, listener: ends, queueLimit: Self.count, batchLimit: 1000, logger: logger,
      instruments: Instruments(registry))
    let delivery = TimerDelivery(
      configuration: DeliveryConfiguration(), drainTimeout: .seconds(5), store: store, transport: NotFound(),
      listener: ends, clock: clock, logger: logger, instruments: Instruments(registry))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      group.addTask { try await delivery.run() }
      for start in stride(from: 0, to: Self.count, by: 1000) {
        let definitions = (start..<start + 1000).map { Self.create($0, at: clock.now().store) }
        try await Self.apply(definitions, by: ingest)
        let request = ClaimRequest(
          keys: definitions.map(\.key), node: NodeID("n"), lease: .seconds(60), claimAhead: .zero)
        let claimed = try await store.claim(request).verdicts.compactMap { verdict -> ClaimedTimer? in
          guard case .claimed(let timer) = verdict else { return nil }
          return ClaimedTimer(timer: timer, shard: 0, deadline: clock.now().monotonic + .seconds(60))
        }
        delivery.deliver(claimed)
        await ends.wait(forTimers: claimed.count)
      }
      group.cancelAll()
    }
    let after = Self.series(registry)
    #expect(after == before)
    let text = String(decoding: registry.exposition(.text), as: UTF8.self)
    #expect(text.contains("timerd_timers_created_total{source=\"http\"} \(Self.count)\n"))
    #expect(text.contains("timerd_dead_letters_total{reason=\"refused\"} \(Self.count)\n"))
  }

  /// All series by their names and labels.
  private static func series(_ registry: MetricsRegistry) -> Set<Substring> {
    let lines = String(decoding: registry.exposition(.text), as: UTF8.self).split(separator: "\n")
    return Set(lines.map { line in line.prefix { $0 != " " || line.hasPrefix("#") } })
  }

  private static func create(_ number: Int, at now: Timestamp) -> CreateTimer {
    let url = "http://r\(number).example.com:\(1000 + number % 60_000)/p\(number)"
    return CreateTimer(
      key: TimerKey(groupID: "group-\(number)", timerID: "timer-\(number)"),
      definition: TimerDefinition(executeAt: now, destination: .http(HTTPDestination(url: url))))
  }

  private static func apply(_ creations: [CreateTimer], by ingest: CommandIngest) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for create in creations { group.addTask { _ = try await ingest.apply(.create(create)) } }
      try await group.waitForAll()
    }
  }
}

private struct NotFound: DeliveryTransport {
  func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void) {
    end(AttemptOutcome(.permanentFailure, statusCode: 404, error: "status 404"))
  }
}

/// Hears what Delivery gives back, and waits for it.
private final class Ends: DueListener, CapacityListener, RecallListener {
  private let (grants, granted) = AsyncStream.makeStream(of: Int.self)

  func timersDue(_ entries: [DueEntry]) {}
  func recalled(_ entries: [DueEntry]) {}
  func capacityGranted(_ capacity: DeliveryCapacity) {
    // The first is what there is at the start.
    if capacity.payloadBytes == 0 { granted.yield(capacity.timers) }
  }

  func wait(forTimers count: Int) async {
    var left = count
    for await grant in grants {
      left -= grant
      if left <= 0 { return }
    }
  }
}
