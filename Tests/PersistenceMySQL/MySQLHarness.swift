import NodeRuntime
import PersistenceMySQL
import TestSupport
import TimerModel
import TimerTesting

/// Short words for tests of a store on a real server.
struct MySQLHarness {
  let store: MySQLTimerStore
  let node = NodeID("node-1")

  static func configuration(_ server: MariaDBServer, database: String) throws -> MySQLConfiguration {
    MySQLConfiguration(address: try server.address(database: database))
  }

  init(_ configuration: MySQLConfiguration) async throws {
    store = try await MySQLTimerStore.open(configuration: configuration, clock: SystemClock())
  }

  /// Runs `body` with a store in an empty database of its own, which takes its time from the clock.
  static func withFreshStore(
    in database: String, _ body: (MySQLTimerStore, ManualClock) async throws -> Void
  ) async throws {
    let clock = ManualClock()
    let configuration = MySQLConfiguration(
      address: try MariaDBServer.shared().address(database: database.lowercased()), connections: 2,
      backgroundConnections: 1, connectTimeout: .seconds(30), statementTimeout: .seconds(30))
    let store = try await MySQLTimerStore.open(
      configuration: configuration, clock: SystemClock(), testTime: { clock.now().store })
    try await body(store, clock)
    await store.close()
  }

  /// Long ago, so that the timers are due.
  static let past = Timestamp(milliseconds: 1_000_000_000_000)

  static func key(_ number: Int) -> TimerKey { TimerKey(groupID: "g", timerID: "t\(number)") }

  static func create(_ number: Int, at time: Timestamp = past, tags: [String: String] = [:]) -> CreateTimer {
    CreateTimer(
      key: key(number),
      definition: TimerDefinition(
        executeAt: time, destination: .http(HTTPDestination(url: "http://example.com/hook")),
        payload: Array(repeating: 0x31, count: 100), tags: tags))
  }

  func create(_ numbers: some Sequence<Int>) async throws -> [CommandResult] {
    try await store.apply(numbers.map { .create(Self.create($0)) })
  }

  func claim(
    _ numbers: some Sequence<Int>, by node: NodeID? = nil, budget: Int = .max
  ) async throws -> [Timer] {
    let request = ClaimRequest(
      keys: numbers.map(Self.key), node: node ?? self.node, lease: .seconds(60), claimAhead: .zero,
      payloadBudget: budget)
    return try await store.claim(request).verdicts.compactMap {
      if case .claimed(let timer) = $0 { timer } else { nil }
    }
  }

  func settle(_ timers: [Timer]) async throws -> [SettleVerdict] {
    try await store.settle(
      timers.map {
        Settlement(
          key: $0.key, fence: $0.fence, ending: .delivered,
          attempt: AttemptRecord(
            number: $0.attempt, startedAt: Self.past, durationMilliseconds: 3, result: .delivered,
            statusCode: 200))
      })
  }
}
