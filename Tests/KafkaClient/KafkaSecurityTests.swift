import Foundation
import KafkaClient
import TestSupport
import Testing

@Suite("Kafka over TLS and SASL", .serialized, .timeLimit(.minutes(3)))
struct KafkaSecurityTests {
  private static let user = "timers"
  /// A password with characters that a list of properties must escape.
  private static let password = "s3cret,with=signs"

  private static func broker(
    _ mechanism: String, password: String = password, for name: String = "IP:127.0.0.1"
  ) async throws -> KafkaBroker {
    try await .start(
      guardedBy: KafkaGuard(mechanism: mechanism, user: user, password: password, name: name))
  }

  private static func properties(
    _ mechanism: String, trusting broker: KafkaBroker, password: String = password
  ) throws -> String {
    let certificate = try #require(broker.certificate)
    return [
      "session.timeout.ms=6000", "security.protocol=sasl_ssl", "ssl.ca.location=\(certificate.path)",
      "sasl.mechanisms=\(mechanism)", "sasl.username=\(user)",
      "sasl.password=\(password.replacing(",", with: "\\,"))",
    ].joined(separator: ",")
  }

  private static func producer(
    _ broker: KafkaBroker, _ properties: String, log: RecordedLog
  ) throws -> KafkaProducer {
    let configuration = KafkaConfiguration(
      bootstrapServers: broker.bootstrapServers, properties: try KafkaProperties(properties))
    return try KafkaProducer(configuration: configuration, logger: log.logger)
  }

  @Test(arguments: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
  func correctPasswordIsAccepted(mechanism: String) async throws {
    let broker = try await Self.broker(mechanism)
    try await broker.createTopic("t")
    let properties = try Self.properties(mechanism, trusting: broker)
    let log = RecordedLog()
    let producer = try Self.producer(broker, properties, log: log)
    #expect(await producer.send(KafkaMessage(topic: "t", key: nil, value: [7])).failure == nil)
    let member = try GroupMember(broker, group: "g", topics: ["t"], properties: properties)
    try await member.wait(for: "the record") { $0.records.map(\.value) == [[7]] }
    await member.close()
    await producer.close(within: .seconds(5))
    #expect(!log.entries.contains { $0.text.contains(Self.password) })
  }

  @Test(arguments: ["PLAIN", "SCRAM-SHA-512"])
  func wrongPasswordIsReportedButHidden(mechanism: String) async throws {
    let broker = try await Self.broker(mechanism, password: "another")
    try await broker.createTopic("t")
    let properties = try Self.properties(mechanism, trusting: broker)
    let log = RecordedLog()
    let producer = try Self.producer(broker, properties, log: log)
    let error = try await refusal(of: producer)
    #expect(error.code.description == "_AUTHENTICATION" && error.message.contains("Authentication failed"))
    let member = try GroupMember(broker, group: "g", topics: ["t"], properties: properties)
    try await member.wait(for: "the consumer's error") {
      $0.failures.contains { $0.code.description == "_AUTHENTICATION" }
    }
    let failures = member.received.failures
    await member.close()
    await producer.close(within: .zero)
    #expect(log.entries.contains { $0.text.contains("Authentication failed") })
    #expect(
      !(log.entries.map(\.text) + failures.map(\.description) + ["\(error)"]).contains {
        $0.contains("s3cret")
      })
  }

  @Test func untrustedCertificateIsReported() async throws {
    let broker = try await Self.broker("PLAIN")
    let other = try await Self.broker("PLAIN")
    let properties = try Self.properties("PLAIN", trusting: other)
    let log = RecordedLog()
    let producer = try Self.producer(broker, properties, log: log)
    let error = try await refusal(of: producer)
    #expect(error.code.description == "_SSL" && error.message.contains("certificate verify failed"))
    await producer.close(within: .zero)
    #expect(!(log.entries.map(\.text) + ["\(error)"]).contains { $0.contains("s3cret") })
  }

  @Test func wrongHostNameIsReported() async throws {
    let broker = try await Self.broker("PLAIN", for: "DNS:elsewhere.example")
    let properties = try Self.properties("PLAIN", trusting: broker)
    let producer = try Self.producer(broker, properties, log: RecordedLog())
    let error = try await refusal(of: producer)
    #expect(
      error.code.description == "_SSL" && error.message.contains("certificate verify failed"), "\(error)")
    await producer.close(within: .zero)
  }

  /// Returns the reason why the broker cannot be reached, as soon as it is known.
  private func refusal(of producer: KafkaProducer) async throws -> KafkaError {
    var error: KafkaError?
    try await eventually("a reason") {
      error = await producer.checkConnection(within: .milliseconds(500))
      return error.map { ["_SSL", "_AUTHENTICATION"].contains($0.code.description) } ?? false
    }
    return try #require(error)
  }
}
