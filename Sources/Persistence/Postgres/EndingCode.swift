import TimerModel

/// The number by which the statement `settle` is told how a claim ends. No row keeps it.
enum EndingCode: Int16, CaseIterable, Sendable {
  case delivered = 0
  case retry = 1
  case dead = 2
  case rescheduled = 3
  case released = 4

  init(_ ending: Settlement.Ending) {
    switch ending {
    case .delivered: self = .delivered
    case .retry: self = .retry
    case .dead: self = .dead
    case .rescheduled: self = .rescheduled
    case .released: self = .released
    }
  }
}

extension EndingCode: CustomStringConvertible {
  /// The number, as it stands in the text of a statement.
  var description: String { "\(rawValue)" }
}
