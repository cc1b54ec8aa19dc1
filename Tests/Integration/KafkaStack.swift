import Foundation
import KafkaClient
import Logging
import TestSupport
import TimerModel

/// A real broker with the topics of the service, and a producer of commands.
struct KafkaStack: Sendable {
  static let topics = [
    "timer-commands", "timer-commands-rejected", "timer-fired", "timer-dead-letters", "timer-events",
  ]

  let broker: KafkaBroker
  let producer: KafkaProducer

  /// The properties of librdkafka for service processes.
  private let properties: String

  /// Starts a broker and makes the topics.
  ///
  /// - Parameter isSlow: for a broker that cannot take many requests: they are larger and fewer then, at the cost of a tenth of a second.
  static func start(
    _ storage: KafkaBroker.Storage = .memory, partitions: Int = 3, isSlow: Bool = false
  ) async throws -> KafkaStack {
    let broker = try await KafkaBroker.start(storage)
    for topic in topics { try await broker.createTopic(topic, partitions: partitions) }
    let configuration = KafkaConfiguration(
      bootstrapServers: broker.bootstrapServers,
      properties: try KafkaProperties(isSlow ? "linger.ms=200" : ""))
    return KafkaStack(
      broker: broker,
      producer: try KafkaProducer(configuration: configuration, logger: Logger(label: "test")),
      properties: "session.timeout.ms=6000" + (isSlow ? ",fetch.wait.max.ms=250,linger.ms=20" : ""))
  }

  /// The arguments of a service process.
  var arguments: [String] {
    ["--kafka", broker.bootstrapServers, "--kafka-properties", properties]
  }

  /// Sends a command for the timer `id` of the group `g`, and waits until the broker has it.
  func send(_ id: String, _ value: String?, headers: [KafkaHeader] = []) async throws {
    let message = KafkaMessage(
      topic: "timer-commands", key: Array("g/\(id)".utf8), value: value.map { Array($0.utf8) },
      headers: headers)
    _ = try await producer.send(message).get()
  }

  /// Reads the records of a topic, each partition in its order.
  func records(_ topic: String) async throws -> [KafkaRecord] { try await read(topic) { $0 } }

  /// Reads a topic and picks from its records, each partition in its order.
  func read<Value: Sendable>(
    _ topic: String, _ pick: @escaping @Sendable (KafkaRecord) -> Value?
  ) async throws -> [Value] {
    try await KafkaTopicReader(
      configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers),
      logger: Logger(label: "test")
    ).read(topic, since: 0, within: .seconds(60), pick: pick)
  }

  /// A creation of the timer `id`, due after `delay`; `more` are further members of the timer.
  static func create(_ id: String, in delay: Duration, destination: String, more: String = "") -> String {
    let at = Timestamp(milliseconds: WallClock.milliseconds() + delay.components.seconds * 1000).rfc3339
    return
      "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":{\"id\":\"\(id)\",\"executeAt\":\"\(at)\",\"destination\":\(destination)\(more)}}"
  }
}
