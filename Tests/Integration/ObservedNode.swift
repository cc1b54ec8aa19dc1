import Foundation
import KafkaClient
import Logging
import TestSupport
import Testing
import TimerModel

/// A node with everything that it can have, secrets wherever one can be, and the servers it uses.
final class ObservedNode {
  let broker: KafkaBroker
  let postgres: PostgresServer
  let redis: RedisServer
  let collector: OTLPCollector
  let taking: HTTPReceiver
  let slow: HTTPReceiver
  let refusing: HTTPReceiver
  let failing: HTTPReceiver
  let service: ServiceProcess
  let client: TimerClient
  private let producer: KafkaProducer
  /// Series that had a value other than zero at some time.
  private(set) var moved: Set<String> = []

  /// No part of it may be found in the log.
  static let secret = "s3cr3t"
  private static let signingSecret = "whsec_" + Data("s3cr3t-signing-s3cr3t-sig".utf8).base64EncodedString()
  static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  init() async throws {
    broker = try await KafkaBroker.start()
    for topic in ["timer-commands", "timer-commands-rejected", "timer-fired", "timer-dead-letters"] {
      try await broker.createTopic(topic)
    }
    postgres = try PostgresServer()
    redis = try await RedisServer.start(password: "s3cr3t-redis")
    collector = try await OTLPCollector.start()
    taking = try await HTTPReceiver.start()
    slow = try await HTTPReceiver.start(delay: .seconds(2))
    refusing = try await HTTPReceiver.start(status: 404)
    failing = try await HTTPReceiver.start(status: 500)
    service = try ServiceProcess(
      [
        "--log-level", "debug", "--kafka", broker.bootstrapServers, "--kafka-properties",
        "session.timeout.ms=6000,sasl.password=s3cr3t-sasl", "--kafka-max-in-flight", "1", "--index",
        redis.url.replacing("//", with: "//:s3cr3t-redis@"), "--purge-interval", "1s",
        "--callback-signing-secrets", Self.signingSecret,
      ],
      environment: [
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_EXPORTER_OTLP_HEADERS": "key=s3cr3t-otlp",
        "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_MAX_QUEUE_SIZE": "128",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "64",
      ], store: "postgres://app:s3cr3t-dsn@127.0.0.1:\(postgres.port)/postgres?sslmode=disable", logLevel: nil
    )
    try service.start()
    client = try TimerClient(service)
    producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers),
      logger: Logger(label: "test"))
  }

  /// Sends a record to the topic of commands; returns its offset.
  @discardableResult
  func command(_ id: String, _ value: String?) async throws -> Int64 {
    let message = KafkaMessage(
      topic: "timer-commands", key: Array("g/\(id)".utf8), value: value.map { Array($0.utf8) },
      headers: [
        KafkaHeader("traceparent", Self.traceparent), KafkaHeader("authorization", "s3cr3t-record"),
      ])
    return try #require(try await producer.send(message).get().offset)
  }

  /// The command that creates a timer for Kafka.
  static func create(_ id: String, in seconds: Int64 = 0) -> String {
    let at = Timestamp(milliseconds: WallClock.milliseconds() + seconds * 1000).rfc3339
    return """
      {"command":"create","groupId":"g","timer":{"id":"\(id)","executeAt":"\(at)","payload":"s3cr3t-payload",\
      "destination":{"kafka":{"headers":{"x-key":"s3cr3t-header"}}}}}
      """
  }

  /// Creates a timer that is due in `milliseconds`; its URL, its headers and its payload are nobody's business.
  func create(_ id: String, in milliseconds: Int64 = 0, at url: String, more: String = "") throws {
    let destination =
      "\"headers\":{\"authorization\":\"Bearer s3cr3t-header\"},\"url\":\"\(url)/p?token=s3cr3t-query\""
    let executeAt = Timestamp(milliseconds: WallClock.milliseconds() + milliseconds).rfc3339
    let body = """
      {"id":"\(id)","executeAt":"\(executeAt)","payload":"s3cr3t-payload","destination":{"http":{\(destination)}}\(more)}
      """
    let answer = try send("POST", "/groups/g/timers", body)
    try #require(answer.status == 201, "\(answer.text)")
  }

  @discardableResult
  func send(_ method: String, _ path: String, _ body: String? = nil) throws -> WireAnswer {
    let headers = [("authorization", "Bearer s3cr3t-auth")]
    let request =
      body.map { WireRequest(method, path, headers: headers, json: $0) }
      ?? WireRequest(method, path, headers: headers)
    return try WireConnection(port: service.port).answer(to: request)
  }

  /// The values of all series now.
  @discardableResult
  func scrape() throws -> [String: Double] {
    var values: [String: Double] = [:]
    for line in try send("GET", "/metrics").text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
        continue
      }
      values[String(line[..<space])] = value
      if value != 0 { moved.insert(String(line[..<space])) }
    }
    return values
  }

  /// Waits until a series has moved.
  func wait(for series: String..., within limit: Duration = .seconds(30)) async throws {
    for name in series {
      let hasMoved = try await poll(within: limit) {
        try scrape()
        return moved.contains(name)
      }
      #expect(hasMoved, "\(name)")
    }
  }

  /// Returns true if any series of a metric has moved.
  func hasMoved(_ metric: String) -> Bool {
    moved.contains { $0.prefix { $0 != "{" } == metric || $0.prefix { $0 != "{" } == metric + "_count" }
  }

  func close() async throws {
    await producer.close(within: .seconds(1))
    for receiver in [taking, slow, refusing, failing] { try await receiver.stop() }
  }
}
