public import KafkaClient
import StepRunner
public import TimerModel

/// Whether a broker answers; without one the service works on, and records wait.
public struct KafkaHealth: HealthCheck {
  /// `kafka`
  public let name = "kafka"
  private let producer: KafkaProducer

  /// Makes a check that asks through `producer`.
  public init(producer: KafkaProducer) { self.producer = producer }

  /// Asks for the cluster's metadata.
  public func check() async -> HealthReport {
    let begun = SystemClock.monotonicMicroseconds()
    if let error = await producer.reach(within: .seconds(1)) {
      return HealthReport(.degraded, detail: error.description)
    }
    return HealthReport(.ok, latency: .microseconds(SystemClock.monotonicMicroseconds() - begun))
  }
}
