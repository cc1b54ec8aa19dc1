/// One attempt, as a transport needs it.
public struct AttemptRequest: Hashable, Sendable {
  /// The claimed timer; `attempt` and `firingID` are those of this attempt.
  public var timer: Timer
  /// When the attempt starts, by the store's clock.
  public var startedAt: Timestamp
  /// How long it may take, connecting included.
  public var timeout: Duration
  /// The span of the attempt, to be told to the receiver; nil if nobody records it.
  public var traceContext: TraceContext?

  /// Makes a request.
  public init(timer: Timer, startedAt: Timestamp, timeout: Duration, traceContext: TraceContext? = nil) {
    self.timer = timer
    self.startedAt = startedAt
    self.timeout = timeout
    self.traceContext = traceContext
  }
}

/// How an attempt ended. A receiver that refuses is an outcome and not an error.
public struct AttemptOutcome: Hashable, Sendable {
  /// What follows from it.
  public enum Kind: Hashable, Sendable {
    /// The receiver took it.
    case delivered
    /// The receiver took it and asked for a new firing at the given time.
    case rescheduled(at: Timestamp)
    /// It failed in a way that may pass; the receiver may have named a time before which to stay away.
    case failed(retryAfter: RetryAfter?)
    /// It failed for good.
    case refused
  }

  /// What a receiver said in `Retry-After`.
  public enum RetryAfter: Hashable, Sendable {
    /// Not before this long from now.
    case delay(Duration)
    /// Not before this time.
    case date(Timestamp)
  }

  /// What follows.
  public var kind: Kind
  /// The HTTP status, if an answer came.
  public var statusCode: Int?
  /// What went wrong, in words, without secrets.
  public var error: String?
  /// What was out of the ordinary besides, in words, without secrets.
  public var note: String?

  /// Makes an outcome.
  public init(_ kind: Kind, statusCode: Int? = nil, error: String? = nil, note: String? = nil) {
    self.kind = kind
    self.statusCode = statusCode
    self.error = error
    self.note = note
  }
}

/// Carries attempts to receivers.
public protocol DeliveryTransport: Sendable {
  /// Begins one attempt, without blocking. `end` is called once, on any thread, perhaps from within this call, and within the
  /// attempt's time-out, whatever the receiver does. Calls come in the order in which receivers are to see the attempts.
  func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void)

  /// Lets all attempts that run end soon, as `failed`, and returns once they have. Those that nothing can call back end by themselves.
  func abandon() async
}

extension DeliveryTransport {
  /// Makes one attempt and waits for its end.
  public func attempt(_ request: AttemptRequest) async -> AttemptOutcome {
    await withCheckedContinuation { continuation in
      begin(request) { continuation.resume(returning: $0) }
    }
  }

  /// Ends nothing: for transports whose attempts end by themselves.
  public func abandon() async {}
}
