import HTTPAPI
import Ingest
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry
import TestSupport
import TimerModel
import TimerTesting
import TimerWire

/// The API on a real port, over the real ingest and a store in memory.
struct APIHarness: Sendable {
  let port: Int
  let clock: ManualClock
  let store: InMemoryTimerStore
  let commands: FaultyCommands
  let health: SwitchedHealth
  let metrics: MetricsRegistry
  let shutdown: ShutdownNotice

  /// Runs `body` with an API, and then stops it.
  static func run(
    configure: (inout HTTPAPI.Configuration) -> Void = { _ in },
    limits: CommandLimits = limits, hasSearch: Bool = true,
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: (APIHarness) async throws -> Void
  ) async throws {
    var configuration = HTTPAPI.Configuration()
    configuration.port = 0
    // Long enough for a busy machine; tests of these waits shorten the one that they are about.
    configuration.requestDeadline = .seconds(20)
    configuration.bodyTimeout = .seconds(20)
    configuration.idleTimeout = .seconds(20)
    configure(&configuration)
    let clock = ManualClock(wall: start)
    let store = InMemoryTimerStore(clock: clock)
    let metrics = MetricsRegistry(version: "test")
    let ingest = CommandIngest(
      store: store, listener: DeafListener(), queueLimit: 100, batchLimit: 100, logger: logger,
      instruments: Instruments(metrics))
    let commands = FaultyCommands(ingest)
    let health = SwitchedHealth()
    let shutdown = ShutdownNotice()
    let (ports, portKnown) = AsyncStream.makeStream(of: Int.self)
    let api = HTTPAPI(
      commands: commands, healthChecks: [health], decoder: CommandDecoder(limits: limits),
      defaultCallbackTimeoutSeconds: 15, configuration: configuration, clock: clock, logger: logger,
      search: hasSearch ? FaultySearch(store: store, commands: commands) : nil, metrics: metrics,
      shutdown: shutdown
    ) { portKnown.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      group.addTask { try await api.run() }
      group.addTask { try await api.administration?.run() }
      var port: Int?
      for await known in ports {
        port = known
        break
      }
      defer { group.cancelAll() }
      guard let port else { return }
      if let administration = configuration.administration {
        try await eventually("the administration's listener") {
          LocalPort.isListening(administration.port)
        }
      }
      try await body(
        APIHarness(
          port: port, clock: clock, store: store, commands: commands, health: health, metrics: metrics,
          shutdown: shutdown)
      )
    }
  }

  /// The time of the harness's clock.
  static let start = Timestamp(milliseconds: 1_795_447_800_000)  // 2026-11-23T15:30:00Z

  static var limits: CommandLimits {
    var limits = CommandLimits()
    limits.callbackTimeoutSeconds = 1...30
    return limits
  }

  func answer(_ request: WireRequest) async throws -> WireAnswer { try await request.answer(from: port) }

  /// Creates a timer that is due in a minute.
  func create(_ id: String, group: String = "g") async throws -> WireAnswer {
    try await answer(WireRequest("POST", "/groups/\(group)/timers", json: Self.body(id: id)))
  }

  /// Creates a timer that is due now.
  func createDue(_ id: String) async throws -> WireAnswer {
    let body = Self.body(id: id, executeAt: "2026-11-23T15:30:00Z")
    return try await answer(WireRequest("POST", "/groups/g/timers", json: body))
  }

  /// Claims a timer, so that it is being delivered.
  func claim(_ id: String) async throws -> Timer? {
    let request = ClaimRequest(
      keys: [TimerKey(groupID: "g", timerID: id)], node: NodeID("n"), lease: .seconds(60),
      claimAhead: .seconds(3600))
    guard case .claimed(let timer)? = try await store.claim(request).verdicts.first else { return nil }
    return timer
  }

  /// Creates a timer that is due now, and ends its first attempt as its last.
  ///
  /// - Returns: the timer as it was claimed.
  func createDead(_ id: String) async throws -> Timer? {
    _ = try await createDue(id)
    guard let timer = try await claim(id) else { return nil }
    let attempt = AttemptRecord(
      number: timer.attempt, startedAt: clock.now().store, durationMilliseconds: 5, result: .failed,
      statusCode: 500, error: "status 500", node: NodeID("n"))
    let settlement = Settlement(key: timer.key, fence: timer.fence, ending: .dead, attempt: attempt)
    return await store.settle([settlement]) == [.settled] ? timer : nil
  }

  static func body(id: String, executeAt: String = "2026-11-23T15:31:00Z") -> String {
    """
    {"id": "\(id)", "executeAt": "\(executeAt)", "callbackUrl": "https://example.com/a", "payload": {"n": 1}}
    """
  }
}

/// A health check that a test sets.
final class SwitchedHealth: HealthCheck {
  let name = "store"
  private let report = Mutex(HealthReport(.ok))

  func set(_ report: HealthReport) { self.report.withLock { $0 = report } }
  func check() async -> HealthReport { report.withLock { $0 } }
}

private struct DeafListener: DueListener {
  func timersDue(_ entries: [DueEntry]) {}
}
