import CLibrdkafka
package import Logging
import NodeRuntime
import Synchronization

/// Sends records, idempotently, and reports each one's fate.
///
/// Records with the same topic and key are written in the order in which they are sent, by whatever thread. After an error that
/// makes librdkafka's client useless a new one takes its place, and what the old one held fails.
package final class KafkaProducer: Sendable {
  /// The position at which a record was written, or the error.
  package typealias Report = Result<KafkaRecordMetadata, KafkaError>

  private let current: Mutex<ProducerClient?>
  private let configuration: KafkaConfiguration
  private let observer: KafkaObserver
  private let topics: [String]
  private let onOverflow: @Sendable () -> Void

  /// Creates a producer; it connects in the background.
  ///
  /// - Parameters:
  ///   - topics: what it looks up at once, and keeps track of, so that a first record there need not wait for it.
  ///   - statistics: called from a thread of the producer's own; it must not block.
  ///   - onOverflow: called when the queue is too full for a message; it must not block.
  package init(
    configuration: KafkaConfiguration, topics: [String] = [], logger: Logger,
    statistics: (@Sendable (KafkaStatistics) -> Void)? = nil, onOverflow: @escaping @Sendable () -> Void = {}
  ) throws(KafkaError) {
    self.configuration = configuration
    self.topics = topics
    self.onOverflow = onOverflow
    observer = KafkaObserver(logger: logger, statistics: statistics)
    let client = try ProducerClient(configuration, observer, onOverflow: onOverflow)
    current = Mutex(client)
    client.warmUp(topics)
  }

  deinit { current.withLock { $0 }?.close(within: .zero) {} }

  /// The number of messages that wait for their report.
  package var waitingMessages: Int { current.withLock { $0 }?.waiting ?? 0 }

  /// True once a broker has told of the topics that the producer keeps track of.
  package var knowsTopics: Bool { current.withLock { $0 }?.knowsTopics ?? false }

  /// Queues a message and returns at once; `report` is called once, from a thread of the producer's or from within this call.
  package func send(_ message: KafkaMessage, report: @escaping @Sendable (Report) -> Void) {
    switch client() {
    case .success(let client): client.send(message, report)
    case .failure(let error): report(.failure(error))
    }
  }

  /// Sends a message and waits for its report.
  package func send(_ message: KafkaMessage) async -> Report {
    await withCheckedContinuation { continuation in
      send(message) { continuation.resume(returning: $0) }
    }
  }

  /// Asks a broker for the cluster's metadata.
  ///
  /// - Returns: why none has answered within `timeout`; nil if one has.
  package func checkConnection(within timeout: Duration) async -> KafkaError? {
    switch client() {
    case .failure(let error): error
    case .success(let client): await client.checkConnection(within: timeout)
    }
  }

  /// Asks a broker which topics it does not have, or does not let this user describe. The answer may be some seconds old.
  ///
  /// - Returns: those of `topics` that are missing, or why no broker has answered within `timeout`.
  package func missing(of topics: [String], within timeout: Duration) async -> Result<[String], KafkaError> {
    switch client() {
    case .failure(let error): .failure(error)
    case .success(let client): await client.missing(of: topics, within: timeout)
    }
  }

  /// Takes no more messages, waits for the reports of those it has, and lets what is left after `timeout` fail.
  package func close(within timeout: Duration) async {
    let last = current.withLock { current in
      defer { current = nil }
      return current
    }
    guard let last else { return }
    await withCheckedContinuation { continuation in
      last.close(within: timeout) { continuation.resume() }
    }
  }

  private func client() -> Result<ProducerClient, KafkaError> {
    let (result, old): (Result<ProducerClient, KafkaError>, ProducerClient?) = current.withLock { current in
      guard let present = current else {
        return (.failure(KafkaError(code: .closed, message: "the producer is closed")), nil)
      }
      guard present.hasFailed else { return (.success(present), nil) }
      do throws(KafkaError) {
        let next = try ProducerClient(configuration, observer, onOverflow: onOverflow)
        next.warmUp(topics)
        current = next
        return (.success(next), present)
      } catch {
        return (.failure(error), nil)
      }
    }
    old?.close(within: .zero) {}
    return result
  }
}

/// The partition and offset of a record that was produced.
package struct KafkaRecordMetadata: Hashable, Sendable {
  package var partition: Int32
  /// The offset; nil if the broker did not say.
  package var offset: Int64?
}
