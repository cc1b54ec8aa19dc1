import JSONBytes
import TimerModel

extension CommandDecoder {
  /// Reads the members that creation and update share.
  func fields(
    of timer: JSONObjectReader, now: Timestamp, _ list: inout ViolationList
  ) throws(CommandError) -> TimerChanges {
    if let payload = timer.nonNull("payload"), payload.bytes.count > limits.maxPayloadBytes {
      throw .tooLarge(
        Violation(
          pointer: timer.pointer.member("payload").description,
          detail: "must be at most \(limits.maxPayloadBytes) bytes"))
    }
    var changes = TimerChanges()
    changes.executeAt = executeAt(of: timer, now: now, &list)
    changes.destination = destination(of: timer, &changes.gaps, &list)
    if timer.value("payload") != nil {
      changes.payload = .some(timer.nonNull("payload").map { Array($0.bytes) })
    }
    if timer.value("retryPolicy") != nil {
      changes.retryPolicy = .some(retryPolicy(of: timer, &changes.gaps, &list))
    }
    if timer.value("callbackTimeoutSeconds") != nil {
      changes.callbackTimeoutSeconds = .some(
        timer.integer("callbackTimeoutSeconds", in: limits.callbackTimeoutSeconds, &list))
    }
    if timer.value("tags") != nil { changes.tags = tags(of: timer, &list) }
    return changes
  }

  private func executeAt(
    of timer: JSONObjectReader, now: Timestamp, _ list: inout ViolationList
  ) -> Timestamp? {
    guard let text = timer.string("executeAt", &list) else { return nil }
    let pointer = timer.pointer.member("executeAt")
    do {
      let time = try Timestamp(rfc3339: text)
      if time.milliseconds < 0 { list.add(pointer, "must not be before 1970-01-01T00:00:00Z") }
      if time > limits.latestExecuteAt(now: now) {
        list.add(pointer, "must be at most \(limits.horizonYears) years ahead")
      }
      return time
    } catch {
      switch error {
      case .malformed: list.add(pointer, "must be an RFC 3339 date-time such as 2026-11-23T15:30:00Z")
      case .outOfRange(let part):
        list.add(pointer, "must be an RFC 3339 date-time; its \(part) does not exist")
      }
    }
    return nil
  }

  private static let retryPolicyMembers: [(name: String, gap: TimerDefinition.Gaps)] = [
    ("maxAttempts", .maxAttempts), ("maxAttemptsDuration", .maxAttemptsDuration),
    ("initialInterval", .initialInterval), ("backoffMultiplier", .backoffMultiplier),
    ("maxInterval", .maxInterval),
  ]

  private func retryPolicy(
    of timer: JSONObjectReader, _ gaps: inout TimerDefinition.Gaps, _ list: inout ViolationList
  ) -> RetryPolicy? {
    guard let value = timer.nonNull("retryPolicy") else { return nil }
    let given = JSONObjectReader(
      value, at: timer.pointer.member("retryPolicy"), allowed: Self.retryPolicyMembers.map(\.name), &list)
    for (name, gap) in Self.retryPolicyMembers where given.nonNull(name) == nil { gaps.insert(gap) }
    let initial = given.duration("initialInterval", in: limits.interval, &list)
    let ceiling = given.duration("maxInterval", in: limits.interval, &list)
    if let initial, let ceiling, ceiling < initial {
      list.add(given.pointer.member("maxInterval"), "must be at least initialInterval")
    }
    var policy = defaultRetryPolicy
    policy.maxAttempts = given.integer("maxAttempts", in: 1...limits.maxAttempts, &list) ?? policy.maxAttempts
    policy.maxAttemptsDuration =
      given.duration("maxAttemptsDuration", in: limits.maxAttemptsDuration, &list)
      ?? policy.maxAttemptsDuration
    policy.backoffMultiplier =
      given.number("backoffMultiplier", in: limits.backoffMultiplier, &list) ?? policy.backoffMultiplier
    // A default that contradicts what the client gave yields to it.
    policy.initialInterval = initial ?? min(policy.initialInterval, ceiling ?? policy.initialInterval)
    policy.maxInterval = ceiling ?? max(policy.maxInterval, policy.initialInterval)
    return policy
  }
}
