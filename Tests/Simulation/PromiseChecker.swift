import TimerModel
import TimerTesting

/// Holds the promises of docs/architecture.md against what happened.
struct PromiseChecker {
  let simulation: Simulation

  private var history: History { simulation.history }

  func violations() -> [String] {
    var found: [String] = []
    checkEveryTimerEnded(&found)
    checkNothingIsEarly(&found)
    checkCancels(&found)
    checkUpdates(&found)
    checkLeases(&found)
    checkCopies(&found)
    if !simulation.hadFaults { checkQuietRun(&found) }
    return found
  }

  /// Promise 1: an acknowledged timer ends delivered, and then a receiver said so, or dead, or cancelled.
  private func checkEveryTimerEnded(_ found: inout [String]) {
    for answer in history.answers {
      guard case .created(let created) = answer.result else { continue }
      guard let timer = simulation.table.timer(created.key) else {
        found.append("\(created.key) was acknowledged and is gone")
        continue
      }
      let wasTaken = history.attempts.contains { $0.timer.firingID == timer.firingID && $0.wasTaken }
      switch timer.phase {
      case .scheduled: found.append("\(timer.key) has not ended: due at \(timer.dueAt.rfc3339)")
      case .delivered where !wasTaken: found.append("\(timer.key) is delivered, but no receiver took it")
      case .delivered, .dead: break
      case .cancelled where !wasCancelRequested(timer.key): found.append("\(timer.key) was never cancelled")
      case .cancelled: break
      }
    }
  }

  private func wasCancelRequested(_ key: TimerKey) -> Bool {
    history.answers.contains { if case .cancel(let cancel) = $0.command { cancel.key == key } else { false } }
  }

  /// Promise 2, by the store's clock at the start of the attempt.
  private func checkNothingIsEarly(_ found: inout [String]) {
    for attempt in history.attempts where attempt.start.store < attempt.timer.definition.executeAt {
      found.append("\(attempt.timer.key) was attempted before its time, at \(attempt.start.store.rfc3339)")
    }
  }

  /// Promise 3: after a confirmed cancel no attempt starts.
  private func checkCancels(_ found: inout [String]) {
    for answer in history.answers {
      guard case .cancelled(let timer) = answer.result else { continue }
      if attempts(of: timer.key).contains(where: { isAfter($0, answer) }) {
        found.append("\(timer.key) was attempted after its cancel was confirmed")
      }
    }
  }

  /// Promise 4: after an acknowledged update nothing older is delivered.
  private func checkUpdates(_ found: inout [String]) {
    for answer in history.answers {
      guard case .updated(let timer) = answer.result else { continue }
      let stale = attempts(of: timer.key).contains {
        isAfter($0, answer) && $0.timer.revision < timer.revision
      }
      if stale { found.append("\(timer.key) was attempted as it was before revision \(timer.revision)") }
    }
  }

  /// Promise 7: a node whose lease has run out starts no attempt; leases are 8 s here, on the store's lease clock.
  private func checkLeases(_ found: inout [String]) {
    for attempt in history.attempts {
      if attempt.nodeIsGone {
        found.append("\(attempt.timer.key) was attempted by \(attempt.node), which was gone")
      }
      guard let deadline = attempt.timer.claim?.deadline else { continue }
      if attempt.start.monotonic.microseconds / 1000 > deadline.milliseconds {
        found.append("\(attempt.timer.key) was attempted by \(attempt.node) after its lease")
      }
    }
  }

  /// Promise 6: all copies of a revision carry the same firing id.
  private func checkCopies(_ found: inout [String]) {
    var firings: [String: FiringID] = [:]
    for attempt in history.attempts {
      let revision = "\(attempt.timer.key) revision \(attempt.timer.revision)"
      if let known = firings.updateValue(attempt.timer.firingID, forKey: revision),
        known != attempt.timer.firingID
      {
        found.append("\(revision) went out under two firing ids")
      }
    }
  }

  /// Promise 6 without faults: no copies at all, and nothing waits for long.
  private func checkQuietRun(_ found: inout [String]) {
    var taken: Set<FiringID> = []
    for attempt in history.attempts where attempt.wasTaken {
      if !taken.insert(attempt.timer.firingID).inserted {
        found.append("\(attempt.timer.key) was taken twice")
      }
    }
    var seen: Set<FiringID> = []
    for attempt in history.attempts where seen.insert(attempt.timer.firingID).inserted {
      guard case .http(let http) = attempt.timer.definition.destination, http.url == "http://fine/" else {
        continue
      }
      let due = max(attempt.timer.definition.executeAt, attempt.timer.updatedAt)
      let late = Timestamp.millisecondsBetween(due, attempt.start.store)
      if late > 1000 { found.append("\(attempt.timer.key) came \(late) ms late without a fault") }
    }
  }

  private func attempts(of key: TimerKey) -> [History.Attempt] {
    history.attempts.filter { $0.timer.key == key }
  }

  private func isAfter(_ attempt: History.Attempt, _ answer: History.Answer) -> Bool {
    attempt.start.monotonic > answer.at.monotonic
  }
}
