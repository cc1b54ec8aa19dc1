import JSONBytes
package import TimerModel

/// A timer that was given up, as the dead-letter topic shows it: everything that it takes to try again by hand.
package enum DeadLetter {
  /// The CloudEvents type of a dead letter.
  package static let type = "dev.timerd.timer.dead-letter"

  /// The record's value as JSON; the payload is in it byte by byte as it came.
  ///
  /// - Parameter timer: the timer as the settlement has left it.
  package static func value(_ timer: Timer) -> [UInt8] {
    var json = JSONWriter(capacity: 1024 + (timer.definition.payload?.count ?? 0))
    json.object { json in
      json.member("groupId", timer.key.groupID)
      json.member("timerId", timer.key.timerID)
      json.member("firingId", timer.firingID.description)
      json.member("revision", timer.revision)
      json.member("createdAt", timer.createdAt)
      json.member("executeAt", timer.definition.executeAt)
      json.member("deadAt", timer.updatedAt)
      json.name("destination")
      json.destination(timer.definition.destination)
      json.tags(timer.definition)
      json.member("payload", raw: timer.definition.payload)
      json.member("attempts", timer.attempt)
      if let last = timer.attemptsMade.last {
        json.name("lastOutcome")
        json.attempt(last)
      }
      json.name("attemptHistory")
      json.array { json in for attempt in timer.attemptsMade { json.attempt(attempt) } }
    }
    return json.finish()
  }
}
