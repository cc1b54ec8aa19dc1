import NodeRuntime
import PersistencePostgres
import TestSupport
import TimerModel

/// Short words for tests of a store on a real server.
struct PostgresHarness {
  let store: PostgresTimerStore
  let node = NodeID("node-1")

  static func configuration(_ server: PostgresServer, schema: String) -> PostgresConfiguration {
    PostgresConfiguration(connectionString: server.connectionString, schema: schema)
  }

  init(_ configuration: PostgresConfiguration) async throws {
    store = try await PostgresTimerStore.open(configuration: configuration, clock: SystemClock())
  }

  /// Long ago, so that the timers are due.
  static let past = Timestamp(milliseconds: 1_000_000_000_000)

  static func key(_ number: Int) -> TimerKey { TimerKey(groupID: "g", timerID: "t\(number)") }

  static func create(_ number: Int, at time: Timestamp = past) -> CreateTimer {
    CreateTimer(
      key: key(number),
      definition: TimerDefinition(
        executeAt: time, destination: .http(HTTPDestination(url: "http://example.com/hook")),
        payload: Array(repeating: 0x31, count: 100)))
  }

  func create(_ numbers: some Sequence<Int>) async throws -> [CommandResult] {
    try await store.apply(numbers.map { .create(Self.create($0)) })
  }

  func claim(_ numbers: some Sequence<Int>, by node: NodeID? = nil) async throws -> [Timer] {
    let request = ClaimRequest(
      keys: numbers.map(Self.key), node: node ?? self.node, lease: .seconds(60), claimAhead: .zero)
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
