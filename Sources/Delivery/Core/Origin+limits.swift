import TimerModel

// The number of timers that may wait for an origin, and for how long the others go away.
extension Origin {
  /// Returns true if it is stalled, or would be slow with `others` more timers waiting.
  func isStalledOrSlow(beside others: Int, _ configuration: DeliveryConfiguration) -> Bool {
    switch status {
    case .unknown: false
    case .stalled: true
    case .responding: expectedWait(at: waitingCount + others) > configuration.maxWait
    }
  }

  /// Returns the maximum number of waiting timers, so that none outlasts its claim; in a long stall it is the number of slots. Nil means
  /// no limit: in a short stall, and before the first response.
  func queueLimit(_ configuration: DeliveryConfiguration, _ awake: AwakeClock) -> Int? {
    switch status {
    case .unknown: return nil
    case .stalled:
      guard timeSinceResponse(awake) > configuration.longStall.microseconds else { return nil }
      return configuration.maxInFlightPerOrigin
    case .responding: return max(positions(within: configuration.maxHeldWork), 1)
    }
  }

  /// Returns the number of timers that it gets to soon; one for each slot at least, but not more than `queueLimit`.
  func startableSoon(_ configuration: DeliveryConfiguration) -> Int {
    let most = max(positions(within: configuration.maxHeldWork), 1)
    return max(positions(within: configuration.maxWait), min(configuration.maxInFlightPerOrigin, most))
  }

  /// Returns for how long a timer that was removed from the end of the queue is deferred, and why, if `others` are deferred already.
  func deferral(
    beside others: Int, _ configuration: DeliveryConfiguration, _ awake: AwakeClock
  ) -> (away: Duration, reason: ReleaseReason) {
    guard status != .stalled else {
      let elapsed = Duration.microseconds(timeSinceResponse(awake))
      return (min(max(configuration.firstDeferral, elapsed * 2), configuration.maxDeferral), .receiverStalled)
    }
    // It should be recalled before then, so that it seldom becomes due while the origin is still busy.
    let away = expectedWait(at: waitingCount + others) + configuration.firstDeferral
    return (min(away, configuration.maxDeferralOfSlow), .receiverSlow)
  }
}
