/// Where fired records, events and dead letters say that they come from.
public struct EventSource: Hashable, Sendable {
  /// What stands before the group's path, such as `https://timers.example.com`; empty by default.
  public var prefix: String

  /// Makes a source.
  public init(prefix: String = "") { self.prefix = prefix }

  /// The `source` of a timer's events, a URI reference: `/timerd/groups/{groupId}`.
  public func uri(of key: TimerKey) -> String { "\(prefix)/timerd/groups/\(key.groupID)" }
}
