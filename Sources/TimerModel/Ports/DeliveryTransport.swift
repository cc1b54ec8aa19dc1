/// One attempt, as a transport needs it.
public struct AttemptRequest: Hashable, Sendable {
  /// The claimed timer; `attempt` and `firingID` are those of this attempt.
  public var timer: Timer
  /// The start of the attempt, by the store's clock.
  public var startedAt: Timestamp
  /// The timeout of the attempt, including connecting.
  public var timeout: Duration
  /// The span of the attempt, to be told to the receiver; nil if nobody records it.
  public var traceContext: TraceContext?

  /// Creates the request for one attempt; `startedAt` is by the store's clock.
  public init(timer: Timer, startedAt: Timestamp, timeout: Duration, traceContext: TraceContext? = nil) {
    self.timer = timer
    self.startedAt = startedAt
    self.timeout = timeout
    self.traceContext = traceContext
  }
}

/// The outcome of an attempt: what the receiver did. A receiver that says no is an outcome and not an error.
///
/// `Settlement.Ending` is what the store then does with the timer. `AttemptRecord`, events, metrics and JSON are derived from these two.
public struct AttemptOutcome: Hashable, Sendable {
  /// The kind of an outcome, from which Delivery derives what the store does next.
  public enum Kind: Hashable, Sendable {
    /// The receiver took it.
    case delivered
    /// The receiver took it and asked for a new firing at the given time.
    case rescheduled(at: Timestamp)
    /// It failed in a way that may pass; the receiver may have named a time before which to stay away.
    case failed(retryAfter: RetryAfter?)
    /// It failed, and would fail again: a 4xx, a denied address, a record that the broker never accepts.
    case permanentFailure
  }

  /// The value of a receiver's `Retry-After` (RFC 9110, section 10.2.3).
  public enum RetryAfter: Hashable, Sendable {
    /// Not before this long from now.
    case delay(Duration)
    /// Not before this time.
    case date(Timestamp)
  }

  /// The kind, which decides what becomes of the timer.
  public var kind: Kind
  /// The HTTP status, if an answer came.
  public var statusCode: Int?
  /// A description of the failure, without secrets.
  public var error: String?
  /// A remark on anything unusual, without secrets.
  public var note: String?

  /// Creates an outcome; clients see `error` and `note`, which must hold no secrets.
  public init(_ kind: Kind, statusCode: Int? = nil, error: String? = nil, note: String? = nil) {
    self.kind = kind
    self.statusCode = statusCode
    self.error = error
    self.note = note
  }
}

/// Carries attempts to receivers.
///
/// An attempt takes a slot of its destination's origin until it has ended. A transport that queues takes many attempts at once and
/// answers later, as a producer does: its destinations have no `origin`, and its attempts have a budget of their own.
public protocol DeliveryTransport: Sendable {
  /// Begins one attempt, without blocking. `end` is called once, on any thread, perhaps from within this call, and within the
  /// attempt's time-out, whatever the receiver does. Calls come in the order in which receivers are to see the attempts.
  func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void)

  /// Lets all attempts that run end soon, as `failed`, and returns once they have. Those that nothing can call back end by themselves.
  func abandon() async
}

extension DeliveryTransport {
  /// Ends nothing: for transports whose attempts end by themselves.
  public func abandon() async {}
}
