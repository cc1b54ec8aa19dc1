/// The result of a command in a batch, which may hold commands of each kind.
public enum CommandResult: Hashable, Sendable {
  /// A creation made this timer.
  case created(Timer)
  /// The same creation had been made before; the timer as it is now.
  case repeated(Timer)
  /// An update, a fire or a redrive changed the timer, which has a new revision.
  case updated(Timer)
  /// The update or the fire asked for what was already so.
  case unchanged(Timer)
  /// No attempt will start from now on, or from an earlier cancel on.
  case cancelled(Timer)
  /// Nothing was done, for the given reason.
  case rejected(CommandRejection)

  /// The timer that a command left due, so that the near-term index must hear of it.
  public var newlyDue: Timer? {
    switch self {
    case .created(let timer), .updated(let timer): timer
    case .repeated, .unchanged, .cancelled, .rejected: nil
    }
  }
}

/// The result of a creation: those of a `CommandResult` that it can have.
public enum CreateResult: Hashable, Sendable {
  /// The creation made this timer.
  case created(Timer)
  /// The same creation had been made before; the timer as it is now.
  case repeated(Timer)
  /// Nothing was done, for the given reason.
  case rejected(CommandRejection)

  /// Returns the result of a creation in a batch; nil if it is one that no creation has.
  public init?(_ result: CommandResult) {
    switch result {
    case .created(let timer): self = .created(timer)
    case .repeated(let timer): self = .repeated(timer)
    case .rejected(let rejection): self = .rejected(rejection)
    case .updated, .unchanged, .cancelled: return nil
    }
  }
}

/// The result of an update, a fire or a redrive: those of a `CommandResult` that it can have.
public enum UpdateResult: Hashable, Sendable {
  /// The command changed the timer, which has a new revision.
  case updated(Timer)
  /// The command asked for what was already so.
  case unchanged(Timer)
  /// Nothing was done, for the given reason.
  case rejected(CommandRejection)

  /// Returns the result of such a command in a batch; nil if it is one that none of them has.
  public init?(_ result: CommandResult) {
    switch result {
    case .updated(let timer): self = .updated(timer)
    case .unchanged(let timer): self = .unchanged(timer)
    case .rejected(let rejection): self = .rejected(rejection)
    case .created, .repeated, .cancelled: return nil
    }
  }
}

/// The result of a cancel: those of a `CommandResult` that it can have.
public enum CancelResult: Hashable, Sendable {
  /// No attempt will start from now on, or from an earlier cancel on.
  case cancelled(Timer)
  /// Nothing was done, for the given reason.
  case rejected(CommandRejection)

  /// Returns the result of a cancel in a batch; nil if it is one that no cancel has.
  public init?(_ result: CommandResult) {
    switch result {
    case .cancelled(let timer): self = .cancelled(timer)
    case .rejected(let rejection): self = .rejected(rejection)
    case .created, .repeated, .updated, .unchanged: return nil
    }
  }
}
