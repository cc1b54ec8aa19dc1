/// The result of a command.
public enum CommandResult: Hashable, Sendable {
  /// The timer is new.
  case created(Timer)
  /// The same creation had been made before; the timer as it is now.
  case repeated(Timer)
  /// The timer has a new revision.
  case updated(Timer)
  /// The update asked for what was already so.
  case unchanged(Timer)
  /// No attempt will start from now on, or from an earlier cancel on.
  case cancelled(Timer)
  /// Nothing was done.
  case rejected(CommandRejection)

  /// The timer that a command left due, so that the near-term index must hear of it.
  public var newlyDue: Timer? {
    switch self {
    case .created(let timer), .updated(let timer): timer
    case .repeated, .unchanged, .cancelled, .rejected: nil
    }
  }
}
