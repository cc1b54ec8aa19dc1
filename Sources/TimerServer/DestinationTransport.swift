import TimerModel

/// Carries each attempt by the transport of its destination.
struct DestinationTransport: DeliveryTransport {
  let http: any DeliveryTransport
  /// nil where there is no Kafka.
  let kafka: (any DeliveryTransport)?

  func attempt(_ request: AttemptRequest) async -> AttemptOutcome { await begin(request)() }

  func begin(_ request: AttemptRequest) -> @Sendable () async -> AttemptOutcome {
    switch request.timer.definition.destination {
    case .http: return http.begin(request)
    case .kafka:
      guard let kafka else {
        return { AttemptOutcome(.failed(retryAfter: nil), error: "this node has no Kafka broker") }
      }
      return kafka.begin(request)
    }
  }
}
