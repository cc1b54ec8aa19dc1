import Testing

/// The conformance suite of `TimerSearch`; each adapter runs all cases, each against a fresh, empty store.
public enum TimerSearchConformance: String, CaseIterable, Sendable {
  /// A list without a filter has all timers of a group, or of all groups, by key.
  case listsByKey
  /// Scheduled timers come by the time of their next attempt, in both directions.
  case listsByDueTime
  /// Ended timers come by their end, in both directions.
  case listsByEnd
  /// Timers are found by their tags, as these are now.
  case findsByTag
  /// Each part of a filter selects what it says.
  case filters
  /// A small set is sorted by any time.
  case sortsSmallSets
  /// A list shows nothing twice and misses nothing that stayed, although timers come and go between its pages.
  case pagesAreStable
  /// Timers that ended at the same time are each shown once.
  case equalTimesAreShownOnce
  /// A page that examined many timers in vain ends early and goes on.
  case pagesAreBounded
  /// Counts say what lists show.
  case counts
  /// Groups are listed by name, with their counts.
  case groups
  /// Combinations that no index serves are refused by name.
  case unservedQueriesAreRefused

  /// Runs the case against a fresh store; what does not hold becomes an issue of the current test.
  ///
  /// - Throws: errors of the store that the case does not expect, and requirements that do not hold.
  public func run(on harness: TimerSearchHarness) async throws {
    switch self {
    case .listsByKey: try await harness.listsByKey()
    case .listsByDueTime: try await harness.listsByDueTime()
    case .listsByEnd: try await harness.listsByEnd()
    case .findsByTag: try await harness.findsByTag()
    case .filters: try await harness.filters()
    case .sortsSmallSets: try await harness.sortsSmallSets()
    case .pagesAreStable: try await harness.pagesAreStable()
    case .equalTimesAreShownOnce: try await harness.equalTimesAreShownOnce()
    case .pagesAreBounded: try await harness.pagesAreBounded()
    case .counts: try await harness.counts()
    case .groups: try await harness.groups()
    case .unservedQueriesAreRefused: try await harness.unservedQueriesAreRefused()
    }
  }
}
