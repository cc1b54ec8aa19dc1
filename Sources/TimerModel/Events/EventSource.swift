/// The source that fired records, events and dead letters name.
public struct EventSource: Hashable, Sendable {
  /// The prefix of the group's path, such as `https://timers.example.com`; empty by default.
  public var prefix: String

  /// Creates a source.
  public init(prefix: String = "") { self.prefix = prefix }

  /// The `source` of a timer's events, a URI reference: `/timerd/groups/{groupId}`.
  public func uri(of key: TimerKey) -> String { "\(prefix)/timerd/groups/\(key.groupID)" }
}
