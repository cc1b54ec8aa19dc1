/// The wish to end a claim.
public struct Settlement: Hashable, Sendable {
  /// The way a claim ends: what the store does with the timer.
  public enum Ending: Hashable, Sendable {
    /// The receiver took it.
    case delivered
    /// Another attempt may start at the given time.
    case retry(at: Timestamp)
    /// No attempt succeeded and none will be made.
    case dead
    /// The receiver asked for a new firing at the given time.
    case rescheduled(at: Timestamp, firingID: FiringID)
    /// No attempt was started; the timer is due again at the given time.
    case released(dueAt: Timestamp)

    /// The endings without their times, in the words of logs and of the timeline.
    public enum Kind: String, Sendable, CaseIterable {
      /// The receiver took it.
      case delivered
      /// Another attempt of the same firing follows.
      case retry
      /// No attempt succeeded and none will be made.
      case dead
      /// A new firing follows.
      case rescheduled
      /// No attempt was started.
      case released
    }

    /// The ending without its times and ids.
    public var kind: Kind {
      switch self {
      case .delivered: .delivered
      case .retry: .retry
      case .dead: .dead
      case .rescheduled: .rescheduled
      case .released: .released
      }
    }
  }

  /// The timer whose claim is to end.
  public var key: TimerKey
  /// The claim that is to end; if the timer no longer has it, nothing changes.
  public var fence: ClaimFence
  /// The way the claim ends.
  public var ending: Ending
  /// The record of the claim and its attempt; nil to keep none.
  public var attempt: AttemptRecord?
  /// The messages that go to the outbox with it, in stores that have an outbox.
  public var messages: [OutboxMessage]

  /// Creates a settlement; without `attempt` the history stays as it is.
  public init(
    key: TimerKey, fence: ClaimFence, ending: Ending, attempt: AttemptRecord?, messages: [OutboxMessage] = []
  ) {
    self.key = key
    self.fence = fence
    self.ending = ending
    self.attempt = attempt
    self.messages = messages
  }

  /// The next due time of the timer; nil if its life is over.
  public var nextDueAt: Timestamp? {
    switch ending {
    case .delivered, .dead: nil
    case .retry(let at), .rescheduled(let at, _), .released(let at): at
    }
  }
}

/// The answer of the store to a settlement.
public enum SettleVerdict: Hashable, Sendable {
  /// The claim has ended as asked.
  case settled
  /// The claim was no longer this one; nothing was changed. Also the answer to a repeated settlement.
  case lost
}
