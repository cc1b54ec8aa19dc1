/// The identity of a timer: its group and its ID within the group.
public struct TimerKey: Hashable, Sendable {
  /// The group that the timer belongs to.
  public var groupID: String
  /// The timer's id, unique within its group.
  public var timerID: String

  /// Creates a key; both parts must have passed `IDRule`.
  @inlinable
  public init(groupID: String, timerID: String) {
    self.groupID = groupID
    self.timerID = timerID
  }
}

extension TimerKey: Comparable {
  /// Orders by group, then id, byte by byte.
  public static func < (a: TimerKey, b: TimerKey) -> Bool {
    a.groupID == b.groupID ? a.timerID < b.timerID : a.groupID < b.groupID
  }
}

extension TimerKey: CustomStringConvertible {
  /// The key as Kafka records carry it: `groupId/timerId`.
  public var description: String { "\(groupID)/\(timerID)" }
}
