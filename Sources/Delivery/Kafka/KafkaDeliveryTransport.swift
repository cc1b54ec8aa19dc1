public import KafkaClient
public import TimerModel

/// Carries attempts to topics, in the order in which they are begun; the broker's acknowledgement ends an attempt.
///
/// An attempt that is begun stays in the producer's queue while the broker is away, up to the producer's time-out, so that records
/// with the same key keep their order.
public final class KafkaDeliveryTransport: DeliveryTransport {
  private let producer: KafkaProducer
  private let source: EventSource

  /// Makes a transport over `producer`, whose time-out ends attempts.
  public init(producer: KafkaProducer, source: EventSource = EventSource()) {
    self.producer = producer
    self.source = source
  }

  /// Makes one attempt.
  public func attempt(_ request: AttemptRequest) async -> AttemptOutcome { await begin(request)() }

  /// Hands the record to the producer, and returns what waits for the broker.
  public func begin(_ request: AttemptRequest) -> @Sendable () async -> AttemptOutcome {
    guard let record = FiredRecord(request, source: source) else {
      return { AttemptOutcome(.refused, error: "the destination is not Kafka") }
    }
    let pending = PendingReport()
    producer.send(record.message) { pending.fulfil($0) }
    return { Self.outcome(await pending.value()) }
  }

  private static func outcome(_ report: KafkaProducer.Report?) -> AttemptOutcome {
    switch report {
    case .success: AttemptOutcome(.delivered)
    case .failure(let error) where error.isRetriable:
      AttemptOutcome(.failed(retryAfter: nil), error: error.description)
    case .failure(let error): AttemptOutcome(.refused, error: error.description)
    case nil: AttemptOutcome(.failed(retryAfter: nil), error: "the attempt was cancelled")
    }
  }
}
