import TimerModel

// Timers are found by their tags in a table of its own.
extension PostgresTimerStore {
  /// Returns what adds the tags of new timers; nothing where none has tags, as in most batches.
  static func tagging(_ creates: [CreateTimer]) -> [PostgresQuery] {
    tagging(
      creates.filter { !$0.definition.tags.isEmpty }.sorted { $0.key < $1.key }
        .map { ($0.key, $0.firingID, $0.definition) })
  }

  /// Returns the statements that replace the tags of timers. For no timers there are none.
  static func retagging(_ timers: [Timer]) -> [PostgresQuery] {
    guard !timers.isEmpty else { return [] }
    let keys: [PostgresParameter] = [
      .texts(timers.map(\.key.groupID)), .texts(timers.map(\.key.timerID)),
    ]
    return [PostgresQuery(.untag, keys)] + tagging(timers.map { ($0.key, $0.firingID, $0.definition) })
  }

  private static func tagging(
    _ timers: [(key: TimerKey, firingID: FiringID, definition: TimerDefinition)]
  ) -> [PostgresQuery] {
    let rows = timers.flatMap { timer in
      timer.definition.sortedTags.map { (tag: $0.description, key: timer.key, firingID: timer.firingID) }
    }
    guard !rows.isEmpty else { return [] }
    return [
      PostgresQuery(
        .tag,
        [
          .texts(rows.map { $0.tag }), .texts(rows.map { $0.key.groupID }),
          .texts(rows.map { $0.key.timerID }), .uuids(rows.map { $0.firingID }),
        ])
    ]
  }
}
