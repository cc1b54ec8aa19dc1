package import KafkaClient
package import TimerModel

/// Carries attempts to topics, in the order in which they are begun; the broker's acknowledgement ends an attempt.
///
/// An attempt that is begun stays in the producer's queue while the broker is away, up to the producer's time-out, so that records
/// with the same key keep their order.
package final class KafkaDeliveryTransport: DeliveryTransport {
  private let producer: KafkaProducer

  /// Creates a transport over `producer`, whose time-out ends attempts.
  package init(producer: KafkaProducer) { self.producer = producer }

  /// Hands the record to the producer; the broker's report ends the attempt.
  package func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void) {
    guard let record = FiredRecord(request) else {
      return end(AttemptOutcome(.permanentFailure, error: "the destination is not Kafka"))
    }
    producer.send(record.message) { end(Self.outcome($0)) }
  }

  private static func outcome(_ report: KafkaProducer.Report) -> AttemptOutcome {
    switch report {
    case .success: AttemptOutcome(.delivered)
    // A topic that is missing may be made within the timer's retries.
    case .failure(let error) where error.isRetriable || error.needsOperator:
      AttemptOutcome(.failed(retryAfter: nil), error: error.description)
    case .failure(let error): AttemptOutcome(.permanentFailure, error: error.description)
    }
  }
}
