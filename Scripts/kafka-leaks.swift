// What Scripts/kafka-leaks runs under LeakSanitizer: every way in which messages, consumers and errors come to their end.
import KafkaClient
import Logging
import Synchronization

final class Ref: Sendable { let c = Mutex<KafkaConsumer?>(nil) }
let servers = CommandLine.arguments[1]
nonisolated(unsafe) var configuration = KafkaConfiguration(
  bootstrapServers: servers,
  properties: try KafkaProperties(
    "session.timeout.ms=6000,message.max.bytes=10000,topic.metadata.propagation.max.ms=500"))
configuration.statisticsInterval = .milliseconds(500)

func join(_ n: Ref, _ count: CountBox) throws -> KafkaConsumer {
  let c = try KafkaConsumer(
    configuration: configuration, group: "leak", topics: ["t"], logger: Logger(label: "l"),
    statistics: { _ in }
  ) { event in
    switch event {
    case .assigned(let p):
      count.n.add(1, ordering: .relaxed);
      n.c.withLock { $0 }?.assign(p.map { KafkaPosition($0, offset: nil) })
    case .revoked(let p, _): n.c.withLock { $0 }?.unassign(p)
    case .records(let r): count.r.add(r.count, ordering: .relaxed)
    default: break
    }
  }
  n.c.withLock { $0 = c }
  return c
}
final class CountBox: Sendable { let n = Atomic(0); let r = Atomic(0) }

func run() async throws {
  let producer = try KafkaProducer(
    configuration: configuration, logger: Logger(label: "l"), statistics: { _ in })
  for i in 0..<1000 {
    producer.send(KafkaMessage(topic: "t", key: [UInt8(i % 7)], value: [1], headers: [KafkaHeader("a", "b")]))
    { _ in }
  }
  print(await producer.send(KafkaMessage(topic: "t", key: nil, value: [UInt8](repeating: 1, count: 20000))))
  print(await producer.send(KafkaMessage(topic: "no/such", key: nil, value: [1])))
  let (a, b) = (Ref(), Ref()), counts = (CountBox(), CountBox())
  let first = try join(a, counts.0)
  while counts.0.r.load(ordering: .relaxed) < 1000 { try await Task.sleep(for: .milliseconds(50)) }
  let second = try join(b, counts.1)
  while counts.1.n.load(ordering: .relaxed) < 1 { try await Task.sleep(for: .milliseconds(50)) }
  await second.close(within: .seconds(5)); b.c.withLock { $0 = nil }
  await first.close(within: .seconds(5)); a.c.withLock { $0 = nil }
  for _ in 0..<100 { producer.send(KafkaMessage(topic: "t", key: nil, value: [1])) { _ in } }
  await producer.close(within: .zero)
  let away = try KafkaProducer(
    configuration: KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: Logger(label: "l"))
  for _ in 0..<100 { away.send(KafkaMessage(topic: "t", key: nil, value: [1])) { _ in } }
  await away.close(within: .milliseconds(300))
}
try await run()
try await Task.sleep(for: .seconds(2))
