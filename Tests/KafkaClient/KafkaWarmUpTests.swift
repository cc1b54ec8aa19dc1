import KafkaClient
import Logging
import TestSupport
import Testing

@Suite("Kafka producer's warm-up", .serialized, .timeLimit(.minutes(3)))
struct KafkaWarmUpTests {
  private func producer(_ broker: KafkaBroker) throws -> KafkaProducer {
    try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers), topics: ["t"],
      logger: Logger(label: "test"))
  }

  @Test func producerConnectsBeforeFirstRecord() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    let producer = try producer(broker)
    try await eventually("a connection") { producer.knowsTopics }
    #expect(producer.waitingMessages == 0)
    #expect(await producer.send(KafkaMessage(topic: "t", key: nil, value: [1])).failure == nil)
    await producer.close(within: .seconds(5))
  }

  @Test func producerConnectsOnceBrokerStarts() async throws {
    let broker = try await KafkaBroker.start()
    broker.kill()
    let producer = try producer(broker)
    #expect(await producer.checkConnection(within: .milliseconds(100)) != nil)
    try await broker.start()
    try await eventually("a connection") { producer.knowsTopics }
    await producer.close(within: .seconds(5))
  }

  @Test func topicCreatedAfterStartIsFound() async throws {
    let broker = try await KafkaBroker.start()
    let producer = try producer(broker)
    try await eventually("a connection") { producer.knowsTopics }
    try await broker.createTopic("t")
    #expect(await producer.send(KafkaMessage(topic: "t", key: nil, value: [1])).failure == nil)
    await producer.close(within: .seconds(5))
  }

  @Test func consumerPropertiesCauseNoProducerWarning() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("t")
    var configuration = KafkaConfiguration(bootstrapServers: broker.bootstrapServers)
    configuration.properties = try KafkaProperties("session.timeout.ms=6000")
    let log = RecordedLog()
    let producer = try KafkaProducer(configuration: configuration, topics: ["t"], logger: log.logger)
    #expect(await producer.send(KafkaMessage(topic: "t", key: nil, value: [1])).failure == nil)
    await producer.close(within: .seconds(5))
    #expect(log.entries.filter { $0.text.contains("session.timeout.ms") }.map(\.level) == [.debug])
  }

  @Test func closingDoesNotWaitForBroker() async throws {
    let broker = try await KafkaBroker.start()
    broker.kill()
    let producer = try producer(broker)
    let clock = ContinuousClock()
    let taken = await clock.measure { await producer.close(within: .seconds(30)) }
    #expect(taken < .seconds(20))
  }
}
