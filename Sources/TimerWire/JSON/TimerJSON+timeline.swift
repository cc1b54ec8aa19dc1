import JSONBytes
package import TimerModel

// What happened to a timer, as far as it is kept with it.
extension TimerJSON {
  /// A timer with all that happened to it.
  package func timeline(_ timer: Timer) -> [UInt8] {
    var writer = JSONWriter(capacity: 512 + 256 * timer.attempts.count)
    writer.object { writer in
      writer.member("id", timer.key.timerID)
      writer.member("groupId", timer.key.groupID)
      writer.member("status", timer.status.rawValue)
      writer.member("firingId", timer.firingID.description)
      writer.member("traceparent", timer.traceContext?.traceparent)
      writer.member("createdAt", timer.createdAt)
      Self.writeCreator(timer.createdBy, to: &writer)
      writer.member("executeAt", timer.definition.executeAt)
      writer.member("claims", timer.claimNumber)
      writer.name("attempts")
      writer.array { writer in for record in timer.attempts { Self.write(record, to: &writer) } }
      writePresent(timer, to: &writer)
    }
    return writer.finish()
  }

  private static func writeCreator(_ record: KafkaCoordinates?, to writer: inout JSONWriter) {
    writer.name("createdBy")
    writer.object { writer in
      writer.member("source", record == nil ? "http" : "kafka")
      guard let record else { return }
      writer.member("topic", record.topic)
      writer.member("partition", Int(record.partition))
      writer.member("offset", record.offset)
    }
  }

  /// A claim, its attempt and its end.
  private static func write(_ record: AttemptRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("attempt", record.number)
      writer.member("node", record.node?.name)
      writer.member("claimedAt", record.claimedAt)
      if record.isAttempt {
        writer.member("startedAt", record.startedAt)
        writer.member("durationMilliseconds", record.durationMilliseconds)
      }
      let endedAt = record.startedAt + .milliseconds(record.durationMilliseconds)
      writer.member("endedAt", endedAt)
      writer.member("result", record.result.rawValue)
      writer.member("statusCode", record.statusCode)
      writer.member("error", record.error)
      writer.member("note", record.note)
      writer.member("settled", record.ending?.rawValue)
      writer.member("nextAttemptAt", record.nextAttemptAt)
    }
  }

  /// Writes what is in progress, what comes next, or the end.
  private func writePresent(_ timer: Timer, to writer: inout JSONWriter) {
    switch timer.status {
    case .scheduled:
      writer.member("nextAttemptAt", timer.dueAt)
    case .delivering:
      writer.name("claim")
      writer.object { writer in
        writer.member("attempt", timer.attempt)
        writer.member("node", timer.claim?.node.name ?? "")
      }
    case .delivered, .dead, .cancelled:
      writer.member("endedAt", timer.updatedAt)
    }
  }
}
