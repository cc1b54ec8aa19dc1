import KafkaClient
import Synchronization

/// Records that a broker did not take.
final class Failures: Sendable {
  private let errors = Mutex<[KafkaError]>([])

  var all: [KafkaError] { errors.withLock(\.self) }

  func add(_ error: KafkaError) { errors.withLock { $0.append(error) } }
}
