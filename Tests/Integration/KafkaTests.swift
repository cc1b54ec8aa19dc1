import Foundation
import KafkaClient
import Logging
import Synchronization
import Testing
import TimerModel
import TimerTesting

extension ProcessTests {
  /// Real processes between a real broker's topics.
  @Suite struct KafkaTests {
    private static let topics = ["timer-commands", "timer-commands-rejected", "timer-fired"]

    private static func broker(_ storage: KafkaBroker.Storage, partitions: Int = 3) async throws
      -> KafkaBroker
    {
      let broker = try await KafkaBroker.start(storage)
      for topic in topics { try await broker.createTopic(topic, partitions: partitions) }
      return broker
    }

    private static func producer(_ broker: KafkaBroker) throws -> KafkaProducer {
      try KafkaProducer(
        configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers),
        logger: Logger(label: "test"))
    }

    /// What the commands topic holds: creations, and what else has a creation before it or has none.
    private static func commands(
      _ broker: KafkaBroker
    ) async throws -> (created: Set<String>, changed: Int, cancelled: Int, orphans: Int) {
      let records = try await reader(broker).read("timer-commands", since: 0, within: .seconds(60)) {
        record in
        (
          key: String(decoding: record.key ?? [], as: UTF8.self),
          value: record.value.map { String(decoding: $0, as: UTF8.self) }
        )
      }
      let created = Set(records.filter { $0.value?.contains("\"create\"") == true }.map(\.key))
      let others = records.filter { $0.value?.contains("\"create\"") != true }
      let effective = others.filter { created.contains($0.key) }
      let cancelled = effective.count { $0.value == nil }
      return (created, effective.count - cancelled, cancelled, others.count - effective.count)
    }

    /// The places of the records that were rejected.
    private static func rejected(_ broker: KafkaBroker) async throws -> [String] {
      try await reader(broker).read("timer-commands-rejected", since: 0, within: .seconds(60)) { record in
        "\(record.header("timerd-partition") ?? "")/\(record.header("timerd-offset") ?? "")"
      }
    }

    private static func reader(_ broker: KafkaBroker) -> KafkaTopicReader {
      KafkaTopicReader(
        configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers),
        logger: Logger(label: "test"))
    }

    private static func arguments(_ broker: KafkaBroker) -> [String] {
      ["--kafka", broker.bootstrapServers, "--kafka-properties", "session.timeout.ms=6000"]
    }

    private static func create(_ id: String, in delay: Duration, destination: String, more: String = "")
      -> String
    {
      let at = Timestamp(milliseconds: WallClock.milliseconds() + delay.components.seconds * 1000).rfc3339
      return
        "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":{\"id\":\"\(id)\",\"executeAt\":\"\(at)\",\"destination\":\(destination)\(more)}}"
    }

    private static func send(_ producer: KafkaProducer, _ id: String, _ value: String) async throws {
      let message = KafkaMessage(
        topic: "timer-commands", key: Array("g/\(id)".utf8), value: Array(value.utf8))
      _ = try await producer.send(message).get()
    }

    /// Says what `asyncapi.yaml` has against `json` as one of its schemas.
    private static func check(_ json: String, is schema: String) async throws {
      let program = """
        import json, sys, yaml, jsonschema
        root = yaml.safe_load(open(sys.argv[1]))
        jsonschema.Draft202012Validator(
            {"$ref": "#/components/schemas/" + sys.argv[2], "components": root["components"]}
        ).validate(json.loads(sys.argv[3]))
        """
      let file = PythonTools.root.appending(path: "asyncapi.yaml").path
      _ = try await PythonTools.run(program, [file, schema, json])
    }

    private static func json(_ headers: [KafkaHeader]) throws -> String {
      let texts = Dictionary(headers.map { ($0.name, $0.text ?? "") }, uniquingKeysWith: { $1 })
      return String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    @Test(.timeLimit(.minutes(2)))
    func aCommandBecomesAFiredRecordAsTheDocumentSays() async throws {
      let broker = try await Self.broker(.memory)
      let producer = try Self.producer(broker)
      let payload = "{ \"n\": 12345678901234567890 }"
      let commands = [
        (
          "a",
          Self.create(
            "a", in: .seconds(1), destination: "{\"kafka\":{\"headers\":{\"x-mine\":\"1\"}}}",
            more: ",\"payload\":\(payload)")
        ),
        ("b", Self.create("b", in: .seconds(1), destination: "{\"kafka\":{\"key\":\"mine\"}}")),
      ]
      for (id, command) in commands {
        try await Self.check(command, is: "Command")
        try await Self.send(producer, id, command)
      }
      let service = try ServiceProcess(Self.arguments(broker))
      try service.start()
      let member = try GroupMember(broker, group: "reader", topics: ["timer-fired"])
      try await member.wait(for: "two records") { $0.records.count >= 2 }
      let withPayload = try #require(member.heard.records.first { $0.key == Array("g/a".utf8) })
      #expect(withPayload.value == Array(payload.utf8))
      #expect(withPayload.header("x-mine") == "1")
      #expect(withPayload.header("ce_source") == "/timerd/groups/g")
      #expect(withPayload.header("ce_subject") == "g/a")
      try await Self.check(try Self.json(withPayload.headers), is: "FiredHeaders")
      let without = try #require(member.heard.records.first { $0.key == Array("mine".utf8) })
      try await Self.check(String(decoding: without.value ?? [], as: UTF8.self), is: "FiredEvent")
      try await Self.check(try Self.json(without.headers), is: "StructuredHeaders")
      let client = try TimerClient(service)
      #expect(try await client.timerOnceOver("a").status == "delivered")
      #expect(try await client.timerOnceOver("b").status == "delivered")
      #expect(member.heard.records.count == 2)
      await member.close()
      await producer.close(within: .seconds(5))
      #expect(service.stop() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func whileTheBrokerIsAwayNothingIsLostInOrderAndCallbacksGoOn() async throws {
      let broker = try await Self.broker(.objectStore, partitions: 1)
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess(Self.arguments(broker))
      try service.start()
      let client = try TimerClient(service)
      broker.kill()
      let begin = WallClock.milliseconds() + 1000
      for number in 0..<200 {
        let body =
          "{\"id\":\"k\(number)\",\"executeAt\":\"\(Timestamp(milliseconds: begin + Int64(number) * 10).rfc3339)\",\"payload\":\(number),\"destination\":{\"kafka\":{\"key\":\"one\"}}}"
        let connection = try WireConnection(port: service.port)
        #expect(try connection.answer(to: WireRequest("POST", "/groups/g/timers", json: body)).status == 201)
      }
      for number in 0..<50 {
        try client.create("h\(number)", executeAt: begin + Int64(number) * 40, url: receiver.url)
      }
      await receiver.wait { $0.count >= 50 }
      try await broker.start()
      let member = try GroupMember(broker, group: "reader", topics: ["timer-fired"])
      try await member.wait(for: "all records") { $0.records.count >= 200 }
      #expect(
        member.heard.records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
          == (0..<200).map { "\($0)" })
      await member.close()
      #expect(service.stop() == 0)
      try await receiver.stop()
    }

    @Test(.timeLimit(.minutes(4)))
    func commandsCountOnceWhileConsumersAreKilledAndTheBrokerBounces() async throws {
      let count = 20_000
      let broker = try await Self.broker(.objectStore, partitions: 6)
      let postgres = try PostgresServer()
      let store = "postgres://app@127.0.0.1:\(postgres.port)/postgres?sslmode=disable"
      let nodes = try (0..<3).map {
        try ServiceProcess(Self.arguments(broker) + ["--node-id", "n\($0)"], store: store)
      }
      for node in nodes { try node.start() }
      let producer = try Self.producer(broker)
      let failures = Atomic(0)
      for number in 0..<count {
        // Every tenth is changed, every seventh cancelled; each key's commands are in order.
        let id = "t\(number)"
        var commands: [String?] = [Self.create(id, in: .seconds(86_400), destination: "{\"kafka\":{}}")]
        if number % 10 == 0 {
          commands.append(
            "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"\(id)\",\"changes\":{\"payload\":1}}")
        }
        if number % 7 == 0 { commands.append(nil) }
        for command in commands {
          let message = KafkaMessage(
            topic: "timer-commands", key: Array("g/\(id)".utf8), value: command.map { Array($0.utf8) })
          producer.send(message) { if $0.failure != nil { failures.add(1, ordering: .relaxed) } }
        }
        if number == count / 4 {
          nodes[0].kill()
          try nodes[0].start()
        }
        if number == count / 2 {
          broker.kill()
          try await broker.start()
          nodes[1].kill()
        }
        if number == count * 3 / 4 {
          postgres.kill()
          try postgres.start()
        }
      }
      await producer.close(within: .seconds(60))
      #expect(failures.load(ordering: .relaxed) == 0)
      // A broker that is killed may forget records that it has acknowledged; what it still has counts.
      let sent = try await Self.commands(broker)
      #expect(sent.created.count > count * 9 / 10)
      let expected = "\(sent.created.count)|\(sent.changed)|\(sent.cancelled)|0"
      try await RedisServer.wait(for: "all effects: \(expected)") {
        try postgres.query(
          """
          SELECT count(*), count(*) FILTER (WHERE revision = 2), count(*) FILTER (WHERE phase = 3),
            (SELECT count(*) FROM timerd.outbox) FROM timerd.timers
          """
        ).first == expected
      }
      let places = try await Self.rejected(broker)
      #expect(places.count == sent.orphans && Set(places).count == places.count)
      nodes[0].kill()
      nodes[2].kill()
    }
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
