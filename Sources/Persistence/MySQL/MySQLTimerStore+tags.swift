import TimerModel

// Timers can be found by their tags in a table of its own.
extension MySQLTimerStore {
  /// Returns the statements that replace the tags of locked timers. For no timers, as in most batches, there are none.
  static func retagging(_ timers: [Timer]) -> [MySQLQuery] {
    let rows = timers.flatMap { timer -> [[MySQLValue]] in
      let key = MySQLValue.key(timer.key)
      return timer.definition.sortedTags.map { [MySQLValue.text($0.description)] + key }
    }
    return untagging(timers.map(\.key)) + filled(.tag, rows)
  }

  /// Returns what removes the tags of timers that are locked.
  static func untagging(_ keys: [TimerKey]) -> [MySQLQuery] { lookUps(.untag, keys) }
}
