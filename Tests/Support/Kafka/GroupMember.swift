package import KafkaClient
import Logging
import Synchronization

/// A member of a group that reads all it is given from the beginning, or from `positions`, and remembers what it heard.
package final class GroupMember: Sendable {
  /// The events that the member received.
  package struct Received: Sendable {
    /// All records, in the order in which they came.
    package var records: [KafkaRecord] = []
    /// The partitions that it has.
    package var assigned: Set<KafkaPartition> = []
    /// The number of times partitions were revoked.
    package var revocations = 0
    /// Errors.
    package var failures: [KafkaError] = []
    /// The seeks that were made.
    package var sought: [KafkaPartition] = []
  }

  private final class Memory: Sendable {
    let received = Mutex(Received())
    /// The consumer speaks before its `init` has returned.
    let consumer = Mutex<(KafkaConsumer?, early: [[KafkaPartition]])>((nil, []))
  }

  private let memory = Memory()
  package let consumer: KafkaConsumer

  /// Joins `group`.
  ///
  /// - Parameter answers: how often it answers that partitions are taken away; once is what is asked for.
  package init(
    _ broker: KafkaBroker, group: String, topics: [String], properties: String = "session.timeout.ms=6000",
    answers: Int = 1, statistics: (@Sendable (KafkaStatistics) -> Void)? = nil
  ) throws {
    var configuration = KafkaConfiguration(
      bootstrapServers: broker.bootstrapServers, properties: try KafkaProperties(properties))
    configuration.statisticsInterval = .milliseconds(200)
    let memory = memory
    consumer = try KafkaConsumer(
      configuration: configuration, group: group, topics: topics, logger: Logger(label: "test"),
      statistics: statistics
    ) { event in
      switch event {
      case .assigned(let partitions):
        memory.received.withLock { $0.assigned.formUnion(partitions) }
        let ready = memory.consumer.withLock { state -> KafkaConsumer? in
          if state.0 == nil { state.early.append(partitions) }
          return state.0
        }
        ready?.assign(partitions.map { KafkaPosition($0, offset: nil) })
      case .revoked(let partitions, _):
        memory.received.withLock {
          $0.assigned.subtract(partitions)
          $0.revocations += 1
        }
        for _ in 0..<answers { memory.consumer.withLock(\.0)?.unassign(partitions) }
      case .records(let records): memory.received.withLock { $0.records += records }
      case .sought(let partitions): memory.received.withLock { $0.sought += partitions }
      case .outOfRange: break
      case .failed(let error): memory.received.withLock { $0.failures.append(error) }
      }
    }
    let early = memory.consumer.withLock { state in
      defer { state = (consumer, []) }
      return state.early
    }
    for partitions in early { consumer.assign(partitions.map { KafkaPosition($0, offset: nil) }) }
  }

  /// The events received so far.
  package var received: Received { memory.received.withLock(\.self) }

  /// Waits until what was heard is as `isSo` wants it.
  package func wait(for what: String, _ isSo: (Received) -> Bool) async throws {
    try await eventually(what) { isSo(received) }
  }

  /// Leaves the group; without this the consumer would be kept by its own listener.
  package func close() async {
    await consumer.close(within: .seconds(10))
    memory.consumer.withLock { $0 = (nil, []) }
  }
}
