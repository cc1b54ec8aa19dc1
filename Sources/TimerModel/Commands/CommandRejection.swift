/// The reason why a valid command was rejected.
public enum CommandRejection: Hashable, Sendable {
  /// The timer does not exist.
  case notFound
  /// The id is taken by a timer with other content.
  case conflict(Timer)
  /// The timer has another revision than the client expected.
  case revisionMismatch(current: Int64)
  /// The timer is being delivered or its life is over.
  case notScheduled(TimerStatus)
  /// The timer is not dead, and only a dead one can be redriven.
  case notDead(TimerStatus)
  /// The stored timer cannot be read; the text names the timer and the column.
  case unreadable(String)
}
