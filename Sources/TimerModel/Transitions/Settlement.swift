/// The wish to end a claim.
public struct Settlement: Hashable, Sendable {
  /// How the claim ends.
  public enum Ending: Hashable, Sendable {
    /// The receiver took it.
    case delivered
    /// Another attempt may start at the given time.
    case retry(at: Timestamp)
    /// Given up.
    case dead
    /// The receiver asked for a new firing at the given time.
    case rescheduled(at: Timestamp, firingID: FiringID)
    /// No attempt was started; the timer is due again at the given time.
    case released(dueAt: Timestamp)

    /// The ending in one word, for logs and traces.
    public var name: String {
      switch self {
      case .delivered: "delivered"
      case .retry: "retry"
      case .dead: "dead"
      case .rescheduled: "rescheduled"
      case .released: "released"
      }
    }
  }

  /// The claimed timer.
  public var key: TimerKey
  /// The claim that is to end.
  public var fence: ClaimFence
  /// How.
  public var ending: Ending
  /// What became of the claim and its attempt; nil to keep nothing of it.
  public var attempt: AttemptRecord?
  /// What goes to the outbox with it, in stores that have one.
  public var messages: [OutboxMessage]

  /// Makes a settlement.
  public init(
    key: TimerKey, fence: ClaimFence, ending: Ending, attempt: AttemptRecord?, messages: [OutboxMessage] = []
  ) {
    self.key = key
    self.fence = fence
    self.ending = ending
    self.attempt = attempt
    self.messages = messages
  }

  /// When the timer is due again; nil if its life is over.
  public var nextDueAt: Timestamp? {
    switch ending {
    case .delivered, .dead: nil
    case .retry(let at), .rescheduled(let at, _), .released(let at): at
    }
  }
}

/// What a settlement did.
public enum SettleVerdict: Hashable, Sendable {
  /// The claim has ended as asked.
  case settled
  /// The claim was no longer this one; nothing was changed. Also the answer to a repeated settlement.
  case lost
}
