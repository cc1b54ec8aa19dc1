// What happened to a timer, as far as it is kept with it.
extension TimerJSON {
  /// A timer with all that happened to it.
  public func timeline(_ timer: Timer) -> [UInt8] {
    var writer = JSONWriter(capacity: 256 + 128 * timer.attempts.count)
    writer.object { writer in
      writer.name("id")
      writer.string(timer.key.timerID)
      writer.name("groupId")
      writer.string(timer.key.groupID)
      writer.name("status")
      writer.string(timer.status.rawValue)
      writer.name("firingId")
      writer.string(timer.firingID.description)
      if let trace = timer.traceContext {
        writer.name("traceparent")
        writer.string(trace.traceparent)
      }
      writer.name("createdAt")
      writer.timestamp(timer.createdAt)
      writer.name("executeAt")
      writer.timestamp(timer.definition.executeAt)
      writer.name("attempts")
      writer.array { writer in for attempt in timer.attempts { writer.attempt(attempt) } }
      writePresent(timer, to: &writer)
    }
    return writer.bytes
  }

  /// What is under way, comes next, or was the end.
  private func writePresent(_ timer: Timer, to writer: inout JSONWriter) {
    switch timer.status {
    case .scheduled:
      writer.name("nextAttemptAt")
      writer.timestamp(timer.dueAt)
    case .delivering:
      writer.name("claim")
      writer.object { writer in
        writer.name("attempt")
        writer.integer(timer.attempt)
        writer.name("node")
        writer.string(timer.claim?.node.name ?? "")
      }
    case .delivered, .dead, .cancelled:
      writer.name("endedAt")
      writer.timestamp(timer.updatedAt)
    }
  }
}
