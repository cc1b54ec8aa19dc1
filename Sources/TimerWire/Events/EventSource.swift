package import TimerModel

/// The source that fired records, events and dead letters name.
package struct EventSource: Hashable, Sendable {
  /// The prefix of the group's path, such as `https://timers.example.com`; empty by default.
  package var prefix: String

  /// Creates a source.
  package init(prefix: String = "") { self.prefix = prefix }

  /// The `source` of a timer's events, a URI reference: `/timerd/groups/{groupId}`.
  package func uri(of key: TimerKey) -> String { "\(prefix)/timerd/groups/\(key.groupID)" }
}
