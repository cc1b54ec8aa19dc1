extension TimerDefinition {
  /// Parts of a definition that a client may leave to the service. The numbers are part of the stored data.
  public struct Gaps: OptionSet, Hashable, Sendable {
    /// One bit for each part.
    public let rawValue: Int16

    /// Creates a set from its bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The client left out `retryPolicy.maxAttempts`.
    public static let maxAttempts = Gaps(rawValue: 1)
    /// The client left out `retryPolicy.maxAttemptsDuration`.
    public static let maxAttemptsDuration = Gaps(rawValue: 2)
    /// The client left out `retryPolicy.initialInterval`.
    public static let initialInterval = Gaps(rawValue: 4)
    /// The client left out `retryPolicy.backoffMultiplier`.
    public static let backoffMultiplier = Gaps(rawValue: 8)
    /// The client left out `retryPolicy.maxInterval`.
    public static let maxInterval = Gaps(rawValue: 16)
    /// The client left out `retryPolicy`, or every part of it.
    public static let retryPolicy = Gaps(rawValue: 31)
    /// The client left out `destination.kafka.topic`.
    public static let topic = Gaps(rawValue: 32)
  }

  /// Returns true if two clients' wishes are the same: what nodes filled in, the order of headers, and the difference between no payload
  /// and null mean nothing.
  public func isEquivalent(to other: TimerDefinition) -> Bool {
    executeAt == other.executeAt && callbackTimeoutSeconds == other.callbackTimeoutSeconds
      && tags == other.tags && requestedPayload == other.requestedPayload && hasSameDestination(as: other)
      && hasSameRetryPolicy(as: other)
  }

  private var requestedPayload: [UInt8]? {
    // Versions before this one kept null as a payload.
    payload?.count == 4 && payload == Array("null".utf8) ? nil : payload
  }

  private func hasSameDestination(as other: TimerDefinition) -> Bool {
    switch (destination, other.destination) {
    case (.http(let mine), .http(let others)):
      return mine.url == others.url && Self.areSame(mine.headers, others.headers)
    case (.kafka(let mine), .kafka(let others)):
      let isSameTopic =
        mine.topic == others.topic || (gaps.contains(.topic) && other.gaps.contains(.topic))
      return isSameTopic && mine.key == others.key && Self.areSame(mine.headers, others.headers)
    case (.http, .kafka), (.kafka, .http): return false
    }
  }

  /// Members of an object have no order.
  private static func areSame(_ a: [Header], _ b: [Header]) -> Bool {
    a == b || (a.count == b.count && Set(a) == Set(b))
  }

  private func hasSameRetryPolicy(as other: TimerDefinition) -> Bool {
    let (mine, others) = (gaps.intersection(.retryPolicy), other.gaps.intersection(.retryPolicy))
    // Versions before this one did not keep which parts were left out.
    if mine.isEmpty || others.isEmpty, retryPolicy == other.retryPolicy { return true }
    // A policy without any part of its own is as good as none.
    let (first, second) = (
      mine == .retryPolicy ? nil : retryPolicy, others == .retryPolicy ? nil : other.retryPolicy
    )
    guard let first, let second else { return first == nil && second == nil }
    return mine == others && first.isSame(as: second, but: mine)
  }
}

extension RetryPolicy {
  fileprivate func isSame(as other: RetryPolicy, but gaps: TimerDefinition.Gaps) -> Bool {
    (gaps.contains(.maxAttempts) || maxAttempts == other.maxAttempts)
      && (gaps.contains(.maxAttemptsDuration) || maxAttemptsDuration == other.maxAttemptsDuration)
      && (gaps.contains(.initialInterval) || initialInterval == other.initialInterval)
      && (gaps.contains(.backoffMultiplier) || backoffMultiplier == other.backoffMultiplier)
      && (gaps.contains(.maxInterval) || maxInterval == other.maxInterval)
  }
}
