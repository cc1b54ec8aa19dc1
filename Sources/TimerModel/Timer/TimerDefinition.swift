/// The definition that the client asked for, completed by the service; `isEquivalent(to:)` tells two requests
/// apart.
public struct TimerDefinition: Hashable, Sendable {
  /// The due time of the first attempt; a time in the past means at once.
  public var executeAt: Timestamp
  /// The target of the delivery.
  public var destination: Destination
  /// The payload's JSON text exactly as it was sent; nil if there was none.
  public var payload: [UInt8]?
  /// The timer's own retry policy; nil means the service's default at the time of firing.
  public var retryPolicy: RetryPolicy?
  /// The timeout of one attempt in seconds; nil means the service's default.
  public var callbackTimeoutSeconds: Int?
  /// The tags by which clients find the timer again: values by name, within `TagRule`.
  public var tags: [String: String]
  /// The parts that the client left to the service; the node that took the command filled in its own
  /// defaults.
  public var gaps: Gaps

  /// Creates a definition; does not check its values.
  @inlinable
  public init(
    executeAt: Timestamp, destination: Destination, payload: [UInt8]? = nil, retryPolicy: RetryPolicy? = nil,
    callbackTimeoutSeconds: Int? = nil, gaps: Gaps = [], tags: [String: String] = [:]
  ) {
    self.gaps = gaps
    self.tags = tags
    self.executeAt = executeAt
    self.destination = destination
    self.payload = payload
    self.retryPolicy = retryPolicy
    self.callbackTimeoutSeconds = callbackTimeoutSeconds
  }
}
