import KafkaClient
import Logging
import Synchronization
import TestSupport
import Testing

@Suite("Kafka client against a real broker", .serialized, .timeLimit(.minutes(3)))
struct KafkaClientTests {
  private static func producer(_ broker: KafkaBroker, _ properties: String = "") throws -> KafkaProducer {
    let configuration = KafkaConfiguration(
      bootstrapServers: broker.bootstrapServers, properties: try KafkaProperties(properties))
    return try KafkaProducer(configuration: configuration, logger: Logger(label: "test"))
  }

  private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  @Test func recordsRoundTripInOrder() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t", partitions: 3)
    let producer = try Self.producer(broker)
    let reports = Mutex<[KafkaProducer.Report]>([])
    for number in 0..<300 {
      let message = KafkaMessage(
        topic: "t", key: Array("k\(number % 7)".utf8), value: Array("\(number)".utf8),
        headers: [KafkaHeader("number", "\(number)"), KafkaHeader("empty", ""), KafkaHeader("null", nil)])
      producer.send(message) { report in reports.withLock { $0.append(report) } }
    }
    let tombstone = await producer.send(KafkaMessage(topic: "t", key: Array("gone".utf8), value: nil))
    #expect((try? tombstone.get()) != nil)
    let empty = await producer.send(KafkaMessage(topic: "t", key: Array("empty".utf8), value: []))
    #expect((try? empty.get()) != nil)
    await producer.close(within: .seconds(10))
    let successes = reports.withLock { $0.filter { (try? $0.get()) != nil }.count }
    #expect(successes == 300)

    let member = try GroupMember(broker, group: "g", topics: ["t"])
    try await member.wait(for: "302 records") { $0.records.count >= 302 }
    await member.close()
    let records = member.received.records
    #expect(records.count == 302)
    for key in 0..<7 {
      let numbers = records.filter { Self.text($0.key) == "k\(key)" }.compactMap { Self.text($0.value) }
      #expect(numbers == (0..<300).filter { $0 % 7 == key }.map { "\($0)" })
    }
    let first = try #require(records.first { Self.text($0.value) == "0" })
    #expect(
      first.headers == [
        KafkaHeader("number", "0"), KafkaHeader("empty", ""), KafkaHeader("null", nil as [UInt8]?),
      ])
    #expect(records.contains { Self.text($0.key) == "gone" && $0.value == nil })
    #expect(records.contains { Self.text($0.key) == "empty" && $0.value == [] })
  }

  @Test func seekIsReportedBeforeItsRecords() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    let producer = try Self.producer(broker)
    for number in 0..<10 {
      _ = await producer.send(KafkaMessage(topic: "t", key: nil, value: Array("\(number)".utf8)))
    }
    let member = try GroupMember(broker, group: "g", topics: ["t"])
    try await member.wait(for: "ten records") { $0.records.count == 10 }
    let partition = KafkaPartition(topic: "t", number: 0)
    member.consumer.seek([KafkaPosition(partition, offset: 7)])
    try await member.wait(for: "three more") { $0.records.count == 13 }
    #expect(member.received.sought == [partition])
    #expect(member.received.records.suffix(3).map(\.offset) == [7, 8, 9])
    await member.close()
    await producer.close(within: .seconds(5))
  }

  @Test func pausedPartitionsAreNotRead() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    let producer = try Self.producer(broker)
    let member = try GroupMember(broker, group: "g", topics: ["t"])
    try await member.wait(for: "the partition") { !$0.assigned.isEmpty }
    let partition = KafkaPartition(topic: "t", number: 0)
    member.consumer.pause([partition])
    // What follows on the consumer's thread shows that the pause has been made.
    member.consumer.seek([KafkaPosition(partition, offset: 0)])
    try await member.wait(for: "the seek") { !$0.sought.isEmpty }
    _ = await producer.send(KafkaMessage(topic: "t", key: nil, value: [1]))
    #expect(member.received.records.isEmpty)
    member.consumer.resume([partition])
    try await member.wait(for: "the record") { $0.records.count == 1 }
    await member.close()
    await producer.close(within: .seconds(5))
  }

  @Test func membershipChangesRebalancePartitions() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t", partitions: 4)
    let first = try GroupMember(broker, group: "g", topics: ["t"])
    try await first.wait(for: "all partitions") { $0.assigned.count == 4 }
    let second = try GroupMember(broker, group: "g", topics: ["t"])
    try await second.wait(for: "half of them") { $0.assigned.count == 2 }
    try await first.wait(for: "the other half") { $0.assigned.count == 2 }
    await second.close()
    try await first.wait(for: "all of them again") { $0.assigned.count == 4 }
    await first.close()
  }

  @Test func memberWithDuplicateAnswersCanLeave() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t", partitions: 4)
    let member = try GroupMember(broker, group: "g", topics: ["t"], answers: 2000)
    try await member.wait(for: "all partitions") { $0.assigned.count == 4 }
    await member.close()
    #expect(member.received.revocations == 1)
  }

  @Test func closingWhileBusyReportsEveryMessageOnce() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    let producer = try Self.producer(broker)
    let reports = Atomic(0)
    for _ in 0..<20_000 {
      producer.send(KafkaMessage(topic: "t", key: nil, value: [UInt8](repeating: 7, count: 100))) { _ in
        reports.add(1, ordering: .relaxed)
      }
    }
    await producer.close(within: .zero)
    #expect(reports.load(ordering: .relaxed) == 20_000)
    let late = await producer.send(KafkaMessage(topic: "t", key: nil, value: nil))
    #expect(throws: KafkaError.self) { try late.get() }
  }

  @Test func permanentFailuresAreReported() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    let producer = try Self.producer(broker, "topic.metadata.propagation.max.ms=500,message.max.bytes=10000")
    let large = KafkaMessage(topic: "t", key: nil, value: [UInt8](repeating: 1, count: 20_000))
    #expect(await producer.send(large).failure?.code.description == "MSG_SIZE_TOO_LARGE")
    let invalid = await producer.send(KafkaMessage(topic: "no/such topic", key: nil, value: [1]))
    #expect(invalid.failure?.isRetriable == false, "\(invalid)")
    await producer.close(within: .seconds(5))
  }

  @Test func messagesSurviveBrokerOutageInOrder() async throws {
    let broker = try await KafkaBroker.start(.objectStore)
    try await broker.createTopic("t")
    let producer = try Self.producer(broker)
    #expect(await producer.send(KafkaMessage(topic: "t", key: [1], value: [0])).failure == nil)
    broker.kill()
    let failures = Mutex<[KafkaError]>([])
    for number in UInt8(1)...50 {
      producer.send(KafkaMessage(topic: "t", key: [1], value: [number])) { report in
        if let failure = report.failure { failures.withLock { $0.append(failure) } }
      }
    }
    try await broker.start()
    await producer.close(within: .seconds(30))
    #expect(failures.withLock(\.self) == [])
    let member = try GroupMember(broker, group: "g", topics: ["t"])
    try await member.wait(for: "51 records") { $0.records.count >= 51 }
    #expect(member.received.records.map(\.value) == (UInt8(0)...50).map { [$0] })
    await member.close()
  }

  @Test func statisticsReportLag() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    let producer = try Self.producer(broker)
    let seen = Mutex<KafkaStatistics?>(nil)
    let member = try GroupMember(broker, group: "g", topics: ["t"]) { statistics in
      seen.withLock { $0 = statistics }
    }
    _ = await producer.send(KafkaMessage(topic: "t", key: nil, value: [1]))
    try await member.wait(for: "the record") { $0.records.count == 1 }
    let partition = KafkaPartition(topic: "t", number: 0)
    member.consumer.commit([KafkaPosition(partition, offset: 1)])
    try await eventually("a lag of 0") { seen.withLock { $0?.lag[partition] } == 0 }
    await member.close()
    await producer.close(within: .seconds(5))
  }

  @Test func lagCoversAssignedPartitionsOnly() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t", partitions: 4)
    let seen = Mutex<KafkaStatistics?>(nil)
    let first = try GroupMember(broker, group: "g", topics: ["t"]) { statistics in
      seen.withLock { $0 = statistics }
    }
    try await first.wait(for: "all partitions") { $0.assigned.count == 4 }
    let producer = try Self.producer(broker)
    for key in UInt8(0)..<40 { _ = await producer.send(KafkaMessage(topic: "t", key: [key], value: [1])) }
    try await eventually("the lag of all") { seen.withLock { $0?.lag.count } == 4 }
    let second = try GroupMember(broker, group: "g", topics: ["t"])
    try await first.wait(for: "half of them") { $0.assigned.count == 2 }
    try await eventually("the lag of half") {
      seen.withLock { Set($0?.lag.keys.map(\.self) ?? []) } == first.received.assigned
    }
    await second.close()
    await first.close()
    await producer.close(within: .seconds(5))
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
