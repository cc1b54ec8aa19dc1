import JSONBytes
package import TimerModel

/// Writes timers as clients see them, with the values that hold where a timer has none of its own.
package struct TimerJSON: Sendable {
  /// Most timers have no retry policy of their own: what is written for them is written once.
  private let defaultRetryPolicy: [UInt8]
  private let defaultCallbackTimeoutSeconds: Int

  /// Creates a writer; the arguments are what holds where a timer says nothing.
  package init(defaultRetryPolicy: RetryPolicy, defaultCallbackTimeoutSeconds: Int) {
    var writer = JSONWriter()
    Self.write(defaultRetryPolicy, to: &writer)
    self.defaultRetryPolicy = writer.finish()
    self.defaultCallbackTimeoutSeconds = defaultCallbackTimeoutSeconds
  }

  /// A timer as answers show it.
  package func bytes(_ timer: Timer) -> [UInt8] {
    var writer = JSONWriter(capacity: 768 + (timer.definition.payload?.count ?? 0))
    write(timer, to: &writer)
    return writer.finish()
  }

  func write(_ timer: Timer, to writer: inout JSONWriter) {
    writer.object { writer in
      writeNameAndState(timer, to: &writer)
      writeDefinition(timer.definition, to: &writer)
      writeProgress(timer, to: &writer)
    }
  }

  private func writeNameAndState(_ timer: Timer, to writer: inout JSONWriter) {
    writer.member("id", timer.key.timerID)
    writer.member("groupId", timer.key.groupID)
    writer.member("status", timer.status.rawValue)
    writer.member("revision", timer.revision)
  }

  private func writeDefinition(_ definition: TimerDefinition, to writer: inout JSONWriter) {
    writer.member("executeAt", definition.executeAt)
    if case .http(let http) = definition.destination, http.headers.isEmpty {
      writer.member("callbackUrl", http.url)
    }
    writer.name("destination")
    writer.destination(definition.destination)
    writer.member("payload", raw: definition.payload)
    writer.name("retryPolicy")
    if let policy = definition.retryPolicy {
      Self.write(policy, to: &writer)
    } else {
      writer.raw(defaultRetryPolicy)
    }
    writer.tags(definition)
    writer.member(
      "callbackTimeoutSeconds", definition.callbackTimeoutSeconds ?? defaultCallbackTimeoutSeconds)
  }

  private func writeProgress(_ timer: Timer, to writer: inout JSONWriter) {
    writer.member("attempts", timer.attempt)
    if timer.status == .scheduled {
      writer.member("nextAttemptAt", timer.dueAt)
    }
    writer.member("createdAt", timer.createdAt)
    writer.member("updatedAt", timer.updatedAt)
    writer.member("executedAt", timer.executedAt)
    writer.member("latenessMilliseconds", timer.latenessMilliseconds)
    if let last = timer.attemptsMade.last {
      writer.name("lastOutcome")
      writer.attempt(last)
    }
    writer.name("attemptHistory")
    writer.array { writer in for attempt in timer.attemptsMade { writer.attempt(attempt) } }
  }
}
