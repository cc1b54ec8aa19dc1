import Foundation
import IngestKafka
import KafkaClient
import Logging
import NodeRuntime
import OutboxKafka
import Synchronization
import TestSupport
import Testing
import TimerModel
import TimerTesting

@Suite("Commands from a real broker", .serialized, .timeLimit(.minutes(2)))
struct KafkaIngestTests {
  private static let topic = "timer-commands"

  private static func send(_ producer: KafkaProducer, _ key: String?, _ value: String?) async throws {
    let message = KafkaMessage(
      topic: topic, key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) },
      headers: [
        KafkaHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        KafkaHeader("tracestate", "a=b"),
      ])
    _ = try await producer.send(message).get()
  }

  private static func create(_ id: String, _ url: String = "http://a/") -> String {
    "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":{\"id\":\"\(id)\",\"executeAt\":\"2027-01-01T00:00:00Z\",\"callbackUrl\":\"\(url)\"}}"
  }

  private static func start() async throws -> (KafkaBroker, KafkaProducer) {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic(topic)
    try await broker.createTopic("timer-commands-rejected")
    let producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers),
      logger: Logger(label: "test"))
    return (broker, producer)
  }

  @Test func commandsAreAppliedInOrder() async throws {
    let (broker, producer) = try await Self.start()
    try await Self.send(producer, "g/a", Self.create("a"))
    try await Self.send(producer, "g/b", Self.create("b"))
    let update =
      "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"a\",\"changes\":{\"payload\":[ 1 ]}}"
    try await Self.send(producer, "g/a", update)
    try await Self.send(producer, "g/b", nil)
    try await Self.send(
      producer, nil,
      "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":{\"executeAt\":\"2027-01-01T00:00:00Z\",\"destination\":{\"kafka\":{}}}}"
    )
    let ingest = try RunningIngest(broker, store: InMemoryTimerStore(clock: SystemClock()))
    try await ingest.wait(forOffset: 5)
    let keys = ["a", "b", "timer-commands-0-4"].map { TimerKey(groupID: "g", timerID: $0) }
    let timers = await ingest.store.timers(keys)
    #expect(timers.map { $0?.status } == [.scheduled, .cancelled, .scheduled])
    #expect(timers.map { $0?.revision } == [2, 1, 1], "a cancel makes no revision")
    #expect(timers[0]?.definition.payload == Array("[ 1 ]".utf8))
    #expect(timers[0]?.traceContext?.traceparent == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    #expect(timers[0]?.traceContext?.tracestate == "a=b")
    #expect(timers[2]?.definition.destination == .kafka(KafkaDestination(topic: "timer-fired")))
    #expect(Set(ingest.listener.entries.withLock(\.self).map(\.key)) == Set(keys))
    #expect(await ingest.outbox().isEmpty)
    try await ingest.stop()
    await producer.close(within: .seconds(5))
  }

  @Test func firesAndRedrivesAreApplied() async throws {
    let (broker, producer) = try await Self.start()
    let keys = ["fired", "dead"].map { TimerKey(groupID: "g", timerID: $0) }
    let store = InMemoryTimerStore(clock: SystemClock())
    let definition = TimerDefinition(
      executeAt: await store.time().wall, destination: .http(HTTPDestination(url: "http://a/")))
    _ = await store.apply([.create(CreateTimer(key: keys[1], definition: definition))])
    let request = ClaimRequest(
      keys: [keys[1]], node: NodeID("n"), lease: .seconds(60), claimAhead: .seconds(60))
    guard case .claimed(let claimed)? = try await store.claim(request).verdicts.first else {
      Issue.record("a timer is claimed")
      return
    }
    let end = Settlement(key: keys[1], fence: claimed.fence, ending: .dead, attempt: nil)
    #expect(await store.settle([end]) == [.settled])
    try await Self.send(producer, "g/fired", Self.create("fired"))
    let ingest = try RunningIngest(broker, store: store)
    // What was in the log before might have been carried out before.
    try await ingest.wait(forOffset: 1)
    for (id, command) in [("fired", "fire"), ("dead", "redrive")] {
      let value = "{\"command\":\"\(command)\",\"groupId\":\"g\",\"timerId\":\"\(id)\"}"
      try await Self.send(producer, "g/\(id)", value)
    }
    try await ingest.wait(forOffset: 3)
    let timers = await store.timers(keys)
    let now = await store.time().wall
    #expect(timers.map { $0?.status } == [.scheduled, .scheduled] && timers.map { $0?.revision } == [2, 2])
    #expect(timers.allSatisfy { $0.map { $0.dueAt <= now } == true })
    #expect(timers[1]?.firingID == claimed.firingID && timers[1]?.attempt == 0)
    #expect(Set(ingest.listener.timerIDs) == ["fired", "dead"])
    #expect(await ingest.outbox().isEmpty)
    try await ingest.stop()
    await producer.close(within: .seconds(5))
  }

  @Test func badCommandsAreRejectedInOrder() async throws {
    let (broker, producer) = try await Self.start()
    #expect(BadCommand.all.count >= 25)
    try await Self.send(producer, "g/taken", Self.create("taken"))
    try await Self.send(producer, "g/over", Self.create("over"))
    try await Self.send(producer, "g/over", nil)
    for bad in BadCommand.all {
      let message = KafkaMessage(topic: Self.topic, key: bad.key.map { Array($0.utf8) }, value: bad.value)
      _ = try await producer.send(message).get()
    }
    try await Self.send(producer, "g/last", Self.create("last"))
    let ingest = try RunningIngest(broker, store: InMemoryTimerStore(clock: SystemClock()))
    try await ingest.wait(forOffset: Int64(BadCommand.all.count + 4))
    let last = await ingest.store.timers([TimerKey(groupID: "g", timerID: "last")])
    #expect(last[0]?.status == .scheduled)

    let publisher = KafkaMessagePublisher(producer: producer)
    let verdicts = await publisher.publish(await ingest.outbox())
    #expect(verdicts == Array(repeating: .published, count: BadCommand.all.count))
    let member = try GroupMember(broker, group: "reader", topics: ["timer-commands-rejected"])
    try await member.wait(for: "all rejections") { $0.records.count >= BadCommand.all.count }
    for (position, (bad, record)) in zip(BadCommand.all, member.received.records).enumerated() {
      #expect(record.key == bad.key.map { Array($0.utf8) }, "\(bad.name)")
      #expect(record.value == bad.value, "\(bad.name)")
      #expect(record.header("timerd-topic") == Self.topic)
      #expect(record.header("timerd-partition") == "0")
      #expect(record.header("timerd-offset") == "\(position + 3)", "\(bad.name)")
      let document = try #require(record.header("timerd-problem"), "\(bad.name)")
      let problem = try #require(
        try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any], "\(bad.name)")
      #expect(problem["type"] as? String == "urn:timerd:problem:\(bad.kind)", "\(bad.name): \(document)")
      let errors = problem["errors"] as? [[String: String]]
      #expect(errors?.first?["pointer"] == bad.pointer, "\(bad.name): \(document)")
    }
    #expect(member.received.records.count == BadCommand.all.count)
    await member.close()
    try await ingest.stop()
    await producer.close(within: .seconds(5))
  }

  @Test func replayedTopicChangesNothing() async throws {
    let (broker, producer) = try await Self.start()
    for id in ["a", "b", "c"] { try await Self.send(producer, "g/\(id)", Self.create(id)) }
    try await Self.send(producer, "g/c", nil)
    let store = InMemoryTimerStore(clock: SystemClock())
    let first = try RunningIngest(broker, store: store)
    try await first.wait(forOffset: 4)
    try await first.stop()
    let keys = ["a", "b", "c"].map { TimerKey(groupID: "g", timerID: $0) }
    let before = await store.timers(keys)

    let same = try RunningIngest(broker, store: store)
    try await Self.send(producer, "g/d", Self.create("d"))
    try await same.wait(forOffset: 5)
    #expect(same.listener.entries.withLock(\.self).map(\.key.timerID) == ["d"], "the same group reads on")
    try await same.stop()

    let fresh = try RunningIngest(broker, store: store, group: "fresh")
    try await fresh.wait(forOffset: 5, group: "fresh")
    #expect(await store.timers(keys) == before)
    #expect(fresh.listener.entries.withLock(\.self).isEmpty)
    try await fresh.stop()
    await producer.close(within: .seconds(5))
  }

  @Test func consumerRecoversFromFatalError() async throws {
    let (broker, producer) = try await Self.start()
    for number in 0..<50 { try await Self.send(producer, "g/\(number)", Self.create("\(number)")) }
    let ingest = try RunningIngest(broker, store: InMemoryTimerStore(clock: SystemClock()))
    try await ingest.wait(forOffset: 50)
    broker.fenceNextMember()
    try await eventually("the fatal error") { broker.fencings == 1 }
    for number in 50..<100 { try await Self.send(producer, "g/\(number)", Self.create("\(number)")) }
    try await ingest.wait(forOffset: 100)
    // The scheduler hears of a batch once the store has it; a batch that has begun is finished.
    try await ingest.stop()
    #expect(ingest.listener.timerIDs == (0..<100).map { "\($0)" }, "each counted, and counted once")
    #expect(await ingest.outbox().isEmpty)
    await producer.close(within: .seconds(5))
  }

  @Test func shutdownBeforeAssignmentSucceeds() async throws {
    let (broker, producer) = try await Self.start()
    broker.withholdAssignments(true)
    let store = InMemoryTimerStore(clock: SystemClock())
    let early = try RunningIngest(broker, store: store)
    try await eventually("an assignment") { broker.withheldAssignments > 0 }
    try await early.stop()
    broker.withholdAssignments(false)
    try await Self.send(producer, "g/a", Self.create("a"))
    let next = try RunningIngest(broker, store: store)
    try await next.wait(forOffset: 1)
    try await next.stop()
    await producer.close(within: .seconds(5))
  }

  @Test func reappliedCommandsChangeNothing() async throws {
    let (broker, producer) = try await Self.start()
    let commands: [(String, String?)] = [
      ("a", Self.create("a")), ("b", Self.create("b")), ("b", nil), ("bad", "{}"),
      ("a", Self.create("a", "http://other/")), ("last", Self.create("last")),
    ]
    for (id, command) in commands { try await Self.send(producer, "g/\(id)", command) }
    let memory = InMemoryTimerStore(clock: SystemClock())
    let store = PlainStore(memory)
    store.fallSilent(at: "last")
    let killed = try RunningIngest(broker, store: memory, hiddenBehind: store)
    try await eventually("all commands") { store.applied.contains("last") }
    let first = store.applied
    await killed.kill()
    let keys = ["a", "b", "last"].map { TimerKey(groupID: "g", timerID: $0) }
    let before = await memory.timers(keys)
    #expect(before.map { $0?.status } == [.scheduled, .cancelled, .scheduled])

    store.fallSilent(at: nil)
    let next = try RunningIngest(broker, store: memory, hiddenBehind: store)
    try await eventually("all commands again") {
      store.applied.dropFirst(first.count).contains("last")
    }
    #expect(first.count == 5 && store.applied == first + first, "none had been committed")
    #expect(await memory.timers(keys) == before)
    #expect(next.listener.timerIDs.isEmpty)
    let rejected = try GroupMember(broker, group: "reader", topics: ["timer-commands-rejected"])
    try await rejected.wait(for: "the rejected ones") { $0.records.count >= 2 }
    #expect(rejected.received.records.map { $0.header("timerd-offset") } == ["3", "4"])
    await rejected.close()
    try await next.stop()

    try await Self.send(producer, "g/more", Self.create("more"))
    let last = try RunningIngest(broker, store: memory, hiddenBehind: store)
    try await eventually("the last command") { store.applied.contains("more") }
    #expect(store.applied == first + first + ["more"], "the broker has the offset")
    try await last.stop()
    await producer.close(within: .seconds(5))
  }

  @Test func recordsWithManyHeadersAreRead() async throws {
    let (broker, producer) = try await Self.start()
    let trace = KafkaHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    let many = (0..<20_000).map {
      KafkaHeader($0 % 2 == 0 ? "" : "h\($0 % 100)", [UInt8(truncatingIfNeeded: $0)])
    }
    let headers: [[KafkaHeader]] = [
      many + [trace], [KafkaHeader("traceparent", nil)], [KafkaHeader("traceparent", [0xff, 0])],
      [KafkaHeader("traceparent", [UInt8](repeating: 0x30, count: 500_000))],
    ]
    for (number, list) in headers.enumerated() {
      let message = KafkaMessage(
        topic: Self.topic, key: [UInt8](repeating: 0xff, count: 10_000),
        value: Array(Self.create("h\(number)").utf8),
        headers: list)
      _ = try await producer.send(message).get()
    }
    let ingest = try RunningIngest(broker, store: InMemoryTimerStore(clock: SystemClock()))
    try await ingest.wait(forOffset: 4)
    let timers = await ingest.store.timers((0..<4).map { TimerKey(groupID: "g", timerID: "h\($0)") })
    #expect(timers.map { $0?.traceContext != nil } == [true, false, false, false])
    #expect(timers.allSatisfy { $0?.status == .scheduled })
    try await ingest.stop()
    await producer.close(within: .seconds(5))
  }
}
