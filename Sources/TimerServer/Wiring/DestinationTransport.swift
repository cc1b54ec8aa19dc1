import TimerModel

/// Carries each attempt by the transport of its destination.
struct DestinationTransport: DeliveryTransport {
  let http: any DeliveryTransport
  /// nil where there is no Kafka.
  let kafka: (any DeliveryTransport)?

  func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void) {
    switch request.timer.definition.destination {
    case .http: http.begin(request, end: end)
    case .kafka:
      guard let kafka else {
        return end(AttemptOutcome(.failed(retryAfter: nil), error: "this node has no Kafka broker"))
      }
      kafka.begin(request, end: end)
    }
  }

  func abandon() async {
    await http.abandon()
    await kafka?.abandon()
  }
}
