import NodeRuntime
import PersistencePostgres
import Scheduler
import SchedulerRedis
import ServiceLifecycle
import Synchronization
import TestSupport
import TimerModel

/// A scheduler on PostgreSQL and an index in Redis, whose deliveries are only noted.
final class FiringNode: ClaimedTimerReceiver {
  let store: PostgresTimerStore
  private let postgres: PostgresServer
  private let scheduler: TimerScheduler
  private let clock = SystemClock()
  private let fired: FiredTimers

  convenience init(index: RedisTimerIndex, postgres: PostgresServer) async throws {
    let configuration = PostgresConfiguration(connectionString: postgres.connectionString)
    self.init(
      index: index, postgres: postgres,
      store: try await PostgresTimerStore.open(configuration: configuration, clock: SystemClock()),
      fired: FiredTimers())
  }

  private init(
    index: RedisTimerIndex, postgres: PostgresServer, store: PostgresTimerStore, fired: FiredTimers
  ) {
    self.postgres = postgres
    self.store = store
    self.fired = fired
    var configuration = SchedulerConfiguration(node: NodeID("node"))
    configuration.indexLimit = 200_000
    // Refills go half of it ahead at least: all timers of a test are wanted in the index at once.
    configuration.horizon = .seconds(1200)
    scheduler = TimerScheduler(
      configuration: configuration, store: store, index: index, clock: clock, logger: IndexHarness.quiet)
    scheduler.own(Array(0..<store.shardCount))
  }

  var now: Timestamp { clock.now().store }
  var latenesses: [TimerKey: Int64] { fired.latenesses.withLock(\.self) }

  /// A node that begins where this one has ended, and remembers only what the store does.
  func successor(index: RedisTimerIndex) -> FiringNode {
    FiringNode(index: index, postgres: postgres, store: store, fired: fired)
  }

  /// Creates timers `prefix0`, `prefix1`, …, the first due at `start`, each `spacing` after the one before.
  func create(_ count: Int, _ prefix: String, from start: Timestamp, spacing: Duration) async throws {
    for first in stride(from: 0, to: count, by: 5000) {
      let commands = (first..<min(first + 5000, count)).map { number in
        TimerCommand.create(
          CreateTimer(
            key: TimerKey(groupID: "g", timerID: "\(prefix)\(number)"),
            definition: TimerDefinition(
              executeAt: start + spacing * number, destination: .http(HTTPDestination(url: "http://r/")))))
      }
      _ = try await store.apply(commands)
    }
  }

  /// Cancels a timer; true if the store has confirmed it.
  func cancel(_ key: TimerKey) async throws -> Bool {
    if case .cancelled = try await store.apply([.cancel(CancelTimer(key: key))])[0] { true } else { false }
  }

  /// Claims and notes until the task is cancelled.
  func run() async throws {
    scheduler.capacityGranted(DeliveryCapacity(timers: 1000, payloadBytes: 1_000_000))
    try await scheduler.service(delivering: self).run()
  }

  func deliver(_ timers: [ClaimedTimer]) {
    let now = now
    fired.latenesses.withLock { fired in
      // Nothing is settled here: a claim that has run out comes again.
      for claimed in timers where fired[claimed.timer.key] == nil {
        fired[claimed.timer.key] = Timestamp.millisecondsBetween(claimed.timer.dueAt, now)
      }
    }
    scheduler.capacityGranted(
      DeliveryCapacity(timers: timers.count, payloadBytes: timers.reduce(0) { $0 + $1.payloadBytes }))
  }
}

/// Milliseconds from when a timer was due to when a node handed it over.
final class FiredTimers: Sendable {
  let latenesses = Mutex<[TimerKey: Int64]>([:])
}
