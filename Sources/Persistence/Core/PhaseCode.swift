package import TimerModel

/// The number that stores keep for a phase. Numbers in use never change.
package enum PhaseCode: Int16, CaseIterable, Sendable {
  /// The least number: ended timers have a greater one.
  case scheduled = 0
  case delivered = 1
  case dead = 2
  case cancelled = 3

  package init(_ phase: Timer.Phase) {
    switch phase {
    case .scheduled: self = .scheduled
    case .delivered: self = .delivered
    case .dead: self = .dead
    case .cancelled: self = .cancelled
    }
  }

  /// The phase that the number stands for.
  package var phase: Timer.Phase {
    switch self {
    case .scheduled: .scheduled
    case .delivered: .delivered
    case .dead: .dead
    case .cancelled: .cancelled
    }
  }
}

// A store has a partial index for each of these conditions. A statement can use the index only if it repeats the condition.
extension PhaseCode {
  /// The condition of the index of timers by due time.
  package static let scheduledCondition = "phase = \(PhaseCode.scheduled)"

  /// The condition of the index of timers whose life is over.
  package static let endedCondition = "phase > \(PhaseCode.scheduled)"
}

extension PhaseCode: CustomStringConvertible {
  /// The number, as it stands in the text of a statement.
  package var description: String { "\(rawValue)" }
}
