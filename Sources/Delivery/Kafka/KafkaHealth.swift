package import KafkaClient
import NodeRuntime
package import TimerModel

/// Tells whether a broker answers and has the topics; without one the service works on, and records wait.
package struct KafkaHealth: HealthCheck {
  package let name = "kafka"
  private let producer: KafkaProducer
  private let topics: [String]

  /// Creates a check that asks through `producer`, and looks for `topics`.
  package init(producer: KafkaProducer, topics: [String] = []) {
    self.producer = producer
    self.topics = topics
  }

  /// Asks for the cluster's metadata.
  package func check() async -> HealthReport {
    let begun = SystemClock.monotonic()
    switch await producer.missing(of: topics, within: .seconds(1)) {
    case .failure(let error): return HealthReport(.degraded, detail: error.description)
    case .success(let missing) where !missing.isEmpty:
      return HealthReport(
        .degraded,
        detail: """
          these topics are missing, or this user may not describe them: \(missing.joined(separator: ", ")). \
          Create them, or grant the right; the service goes on by itself
          """)
    case .success:
      return HealthReport(.ok, latency: SystemClock.monotonic() - begun)
    }
  }
}
