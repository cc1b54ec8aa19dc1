import TimerModel

extension DeliveryTransport {
  /// Begins an attempt and waits for its end.
  func attempt(_ request: AttemptRequest) async -> AttemptOutcome {
    await withCheckedContinuation { continuation in
      begin(request) { continuation.resume(returning: $0) }
    }
  }
}
