import Logging
import Outbox
import Synchronization
import Testing
import TimerModel
import TimerTesting

/// The relay around the engine.
@Suite struct OutboxRelayTests {
  /// Shows ten seconds more from the second look on after the topic was searched.
  private final class StandstillClock: NodeClock, PublishedMessages {
    private let looksLeft = Mutex<Int?>(nil)

    func now() -> Moment {
      let isLater = looksLeft.withLock { left in
        guard let looks = left else { return false }
        left = max(0, looks - 1)
        return looks == 0
      }
      return Moment(
        storeMicroseconds: 1_800_000_000_000_000,
        monotonic: MonotonicInstant(microseconds: isLater ? 10_000_000 : 0))
    }

    func published(
      _ messages: Set<FiringID>, in topic: String, since: Timestamp
    ) async -> Set<FiringID> {
      looksLeft.withLock { $0 = 1 }
      return []
    }
  }

  private final class CountingPublisher: MessagePublisher {
    let messages = Atomic(0)

    func publish(_ news: [OutboxMessage]) async -> [PublishVerdict] {
      messages.add(news.count, ordering: .relaxed)
      return news.map { _ in .published }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func lapsedRelayPublishesNothing() async throws {
    let clock = StandstillClock()
    let store = InMemoryTimerStore(clock: ManualClock())
    let publisher = CountingPublisher()
    let message = OutboxMessage(shard: 0, topic: "rejected", key: nil, headers: [], value: [1])
    let batch = CommandBatch(
      source: CommandSource(group: "g", topic: "t", partition: 0), expectedOffset: nil, nextOffset: 1,
      commands: [])
    _ = await store.apply(batch) { _ in [message] }
    let (progress, tell) = AsyncStream.makeStream(
      of: OutboxRelay.Progress.self, bufferingPolicy: .bufferingOldest(1))
    var configuration = OutboxConfiguration(exactlyOnceTopic: "rejected")
    configuration.quarantine = .zero
    let relay = OutboxRelay(
      configuration: configuration, drainTimeout: .seconds(1), store: store, publisher: publisher,
      topics: clock, clock: clock, logger: Logger(label: "test")
    ) { tell.yield($0) }
    relay.leaseExtended(until: MonotonicInstant(microseconds: 5_000_000))
    relay.own([0])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await relay.run() }
      for await first in progress {
        #expect(first.published == 0 && first.failed == 1)
        break
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    #expect(publisher.messages.load(ordering: .relaxed) == 0)
    #expect(await store.outboxCount(limit: 1) == 1)
  }
}
