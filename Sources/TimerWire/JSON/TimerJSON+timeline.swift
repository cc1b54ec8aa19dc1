import JSONBytes
package import TimerModel

// What happened to a timer, as far as it is kept with it.
extension TimerJSON {
  /// A timer with all that happened to it.
  package func timeline(_ timer: Timer) -> [UInt8] {
    var writer = JSONWriter(capacity: 512 + 256 * timer.attempts.count)
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
      Self.writeCreator(timer.createdBy, to: &writer)
      writer.name("executeAt")
      writer.timestamp(timer.definition.executeAt)
      writer.name("claims")
      writer.integer(timer.claimNumber)
      writer.name("attempts")
      writer.array { writer in for record in timer.attempts { Self.write(record, to: &writer) } }
      writePresent(timer, to: &writer)
    }
    return writer.finish()
  }

  private static func writeCreator(_ record: KafkaCoordinates?, to writer: inout JSONWriter) {
    writer.name("createdBy")
    writer.object { writer in
      writer.name("source")
      writer.string(record == nil ? "http" : "kafka")
      guard let record else { return }
      writer.name("topic")
      writer.string(record.topic)
      writer.name("partition")
      writer.integer(Int(record.partition))
      writer.name("offset")
      writer.integer(record.offset)
    }
  }

  /// A claim, its attempt and its end.
  private static func write(_ record: AttemptRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("attempt")
      writer.integer(record.number)
      if let node = record.node {
        writer.name("node")
        writer.string(node.name)
      }
      if let claimedAt = record.claimedAt {
        writer.name("claimedAt")
        writer.timestamp(claimedAt)
      }
      if record.isAttempt {
        writer.name("startedAt")
        writer.timestamp(record.startedAt)
        writer.name("durationMilliseconds")
        writer.integer(record.durationMilliseconds)
      }
      writer.name("endedAt")
      writer.timestamp(record.startedAt + .milliseconds(record.durationMilliseconds))
      writer.name("result")
      writer.string(record.result.rawValue)
      if let statusCode = record.statusCode {
        writer.name("statusCode")
        writer.integer(statusCode)
      }
      if let error = record.error {
        writer.name("error")
        writer.string(error)
      }
      if let note = record.note {
        writer.name("note")
        writer.string(note)
      }
      if let ending = record.ending {
        writer.name("settled")
        writer.string(ending.rawValue)
      }
      if let next = record.nextAttemptAt {
        writer.name("nextAttemptAt")
        writer.timestamp(next)
      }
    }
  }

  /// Writes what is in progress, what comes next, or the end.
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
