/// The statistics that statements are planned with, and the table that they are run on then.
enum StatisticsHistory: String, CaseIterable, Sendable {
  /// A new installation: nothing has been analyzed, and plans are made while the tables are empty.
  case neverAnalyzed
  /// All timers were deleted before ANALYZE ran, and others came: PostgreSQL takes the table for empty, however many pages it has.
  case emptied
  /// ANALYZE ran when all timers had ended, as in a quiet hour.
  case nothingScheduled
  /// ANALYZE ran before the first timer ended.
  case nothingEnded
  /// ANALYZE ran while many timers were scheduled, all of which are gone.
  case scheduledGone
  /// The statistics say that ten million timers have ended.
  case tenMillionEnded
  /// The statistics of the full table and of its indexes say that they have no rows.
  case countedAsEmpty

  /// Brings the table to the state in which ANALYZE sees it.
  func prepare(_ table: PlanTable) throws {
    switch self {
    case .neverAnalyzed, .tenMillionEnded, .countedAsEmpty: break
    case .emptied:
      try table.addScheduled(2000)
      try table.addEnded(2000)
      try table.delete(where: "true")
      try table.analyze()
    case .nothingScheduled:
      try table.addEnded()
      try table.analyze()
    case .nothingEnded:
      try table.addScheduled()
      try table.analyze()
    case .scheduledGone:
      try table.addScheduled()
      try table.addEnded()
      try table.analyze()
    }
  }

  /// Brings the table to the state that statements meet.
  func change(_ table: PlanTable) throws {
    switch self {
    case .nothingScheduled: try table.addScheduled()
    case .nothingEnded: try table.addEnded()
    case .scheduledGone: try table.delete(where: "phase = 0")
    case .neverAnalyzed, .emptied:
      try table.addScheduled()
      try table.addEnded()
    case .tenMillionEnded:
      try table.addScheduled()
      try table.addEnded()
      try table.analyze()
      try table.claim(rows: 11_000_000, pages: 400_000, of: "timers")
      try table.claim(rows: 11_000_000, pages: 70_000, of: "timers_pkey")
      try table.claim(rows: 10_000_000, pages: 30_000, of: "timers_ended")
      try table.claim(rows: 10_000_000, pages: 60_000, of: "timers_over")
      for relation in ["tags", "tags_pkey", "tags_timer"] {
        try table.claim(rows: 11_000_000, pages: 80_000, of: relation)
      }
    case .countedAsEmpty:
      try table.addScheduled()
      try table.addEnded()
      try table.analyze()
      for relation in [
        "timers", "timers_pkey", "timers_due", "timers_ended", "timers_over", "timers_dead", "tags",
        "tags_pkey", "tags_timer",
      ] {
        try table.claim(rows: 0, pages: 5, of: relation)
      }
    }
  }
}
