/// The order of a list of timers.
public struct TimerOrder: Hashable, Sendable {
  /// The value by which timers are ordered; among equal ones the group and the id decide.
  public enum Field: String, Sendable, CaseIterable {
    /// The time that was asked for; of scheduled timers alone, the time of the next attempt.
    case executeAt
    /// The time of creation.
    case createdAt
    /// The end of the timer's life; timers that have not ended are left out.
    case endedAt
  }

  /// The value that decides; nil orders by group and id.
  public var field: Field?
  /// True if the latest come first.
  public var isDescending: Bool

  /// Creates an order; by group and id unless told otherwise.
  public init(_ field: Field? = nil, isDescending: Bool = false) {
    self.field = field
    self.isDescending = isDescending
  }
}
