import Persistence
import TimerModel
import TimerWire

extension FuzzTarget {
  /// The texts that stores keep: attempts, destinations, retry policies and headers. Whatever can be read can
  /// be written again.
  static let stored = FuzzTarget(name: "stored", maxBytes: 512) { bytes in
    let text = bytes.text
    if let attempt = try? StoredAttempts.decodeOne(text) { try holds([attempt], nil) }
    if let (attempts, coordinates) = try? StoredAttempts.decode(text) { try holds(attempts, coordinates) }
    if let destination = try? StoredDestination.decode(text) {
      let again = try StoredDestination.decode(StoredDestination.encode(destination))
      try BrokenRule.unless(again == destination, "a destination is kept as \(again)")
    }
    if let headers = try? StoredHeaders.decode(text) {
      let again = try StoredHeaders.decode(StoredHeaders.encode(headers))
      try BrokenRule.unless(again == headers, "headers are kept as \(again)")
    }
    if let policy = try? StoredRetryPolicy.decode(text) { try holds(policy) }
  }

  private static func holds(_ attempts: [AttemptRecord], _ coordinates: KafkaCoordinates?) throws {
    guard let text = StoredAttempts.encode(attempts, createdBy: coordinates) else { return }
    let (again, _) = try StoredAttempts.decode(text)
    try BrokenRule.unless(again == attempts, "\(attempts) is kept as \(again)")
    let timer = Timer(
      key: TimerKey(groupID: "g", timerID: "t"),
      definition: TimerDefinition(executeAt: now, destination: .http(HTTPDestination(url: "http://a.b/"))),
      traceContext: nil, revision: 1, phase: .scheduled, dueAt: now, firingID: FiringID(high: 1, low: 2),
      attempt: attempts.last?.number ?? 0, claimNumber: 1, claim: nil, createdAt: now, updatedAt: now,
      firstAttemptAt: attempts.first?.startedAt, executedAt: attempts.last?.startedAt, attempts: attempts,
      createdBy: coordinates)
    let json = TimerJSON(defaultRetryPolicy: .standard, defaultCallbackTimeoutSeconds: 15)
    try isReadable(json.bytes(timer))
    try isReadable(json.timeline(timer))
  }

  private static func holds(_ policy: RetryPolicy) throws {
    let again = try StoredRetryPolicy.decode(StoredRetryPolicy.encode(policy))
    try BrokenRule.unless(again == policy, "\(policy) is kept as \(again)")
    var random = SystemRandomNumberGenerator()
    for attempt in [1, 2, 100, .max] {
      let delay = policy.backoff(afterAttempt: attempt, using: &random)
      try BrokenRule.unless(delay >= .zero, "the delay after attempt \(attempt) is \(delay)")
      _ = now + delay
    }
    if let limit = policy.maxAttemptsDuration { _ = now + limit }
  }
}
