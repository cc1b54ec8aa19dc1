import Delivery
import Logging
import NodeRuntime
import PersistencePostgres
import Scheduler
import SchedulerRedis
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// Ownership is never what correctness rests on.
  @Suite struct TwoOwnersTests {
    /// Notes what is attempted, and takes it.
    private final class NotingTransport: DeliveryTransport {
      private let attempts = Mutex<[TimerKey: Int]>([:])

      var all: [TimerKey: Int] { attempts.withLock { $0 } }

      func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void) {
        attempts.withLock { $0[request.timer.key, default: 0] += 1 }
        end(AttemptOutcome(.delivered, statusCode: 200))
      }
    }

    @Test(.timeLimit(.minutes(2)))
    func twoOwnersFireEveryTimerOnce() async throws {
      let server = try PostgresServer()
      let redis = try await RedisServer.start()
      let configuration = PostgresConfiguration(connectionString: server.connectionString)
      let transport = NotingTransport()
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let clock = SystemClock()
      var stores: [PostgresTimerStore] = []
      var services: [any Service] = []
      for number in 0..<2 {
        let store = try await PostgresTimerStore.open(configuration: configuration, clock: clock)
        let index = RedisTimerIndex(configuration: try RedisConfiguration(url: redis.url), logger: logger)
        let scheduler = TimerScheduler(
          configuration: SchedulerConfiguration(node: NodeID("n\(number)")), store: store, index: index,
          clock: clock, logger: logger)
        let delivery = TimerDelivery(
          configuration: DeliveryConfiguration(), drainTimeout: .seconds(5), store: store,
          transport: transport, listener: scheduler, clock: clock, logger: logger)
        scheduler.own(Array(0..<store.shardCount))
        services += [scheduler.service(delivering: delivery), delivery, scheduler.gate()]
        stores.append(store)
      }
      let start = try await stores[0].time().wall + .seconds(2)
      for page in 0..<6 {
        let commands = (page * 500..<(page + 1) * 500).map { number in
          TimerCommand.create(
            CreateTimer(
              key: TimerKey(groupID: "g", timerID: "t\(number)"),
              definition: TimerDefinition(
                executeAt: start + .milliseconds(number),
                destination: .http(HTTPDestination(url: "http://r/")))))
        }
        _ = try await stores[page % 2].apply(commands)
      }
      let group = ServiceGroup(services: services, gracefulShutdownSignals: [], logger: logger)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let haveAllCome = try await poll { transport.all.count == 3000 }
        #expect(haveAllCome)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
      #expect(transport.all.values.allSatisfy { $0 == 1 })
      for store in stores { await store.close() }
    }
  }
}
