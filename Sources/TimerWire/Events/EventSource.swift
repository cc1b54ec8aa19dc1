package import TimerModel

/// The source that fired records, events and dead letters name.
package enum EventSource {
  /// Returns the `source` of a timer's events, a URI reference: `/timerd/groups/{groupId}`.
  package static func uri(of key: TimerKey) -> String { "/timerd/groups/\(key.groupID)" }
}
