import TimerModel

/// Decides when the store is asked for due timers.
///
/// A search finds the timers that the index missed, at the sweep interval. A poll finds all due timers, at the poll interval, or at
/// once while there is a backlog. One of them is in progress at a time.
struct Sweep: Sendable {
  /// Limits the timers that the store is asked for.
  struct Query: Equatable, Sendable {
    var before: Timestamp
    var limit: Int
  }

  private let configuration: SchedulerConfiguration
  private var isInProgress = false
  private var scheduledAt = MonotonicInstant.distantPast
  private var lastLimit = 0
  /// True if the last poll returned as many timers as it was asked for.
  private var hasBacklog = false

  init(configuration: SchedulerConfiguration) { self.configuration = configuration }

  /// The time at which the next sweep is due; `distantFuture` while one is in progress.
  var dueAt: MonotonicInstant { isInProgress ? .distantFuture : scheduledAt }

  /// Schedules the next sweep for `time`.
  mutating func schedule(at time: MonotonicInstant) { scheduledAt = time }

  /// Starts a search and returns what to ask the store for.
  mutating func startSearch(_ now: Moment) -> Query {
    scheduledAt = now.monotonic + configuration.sweepInterval
    return start(Query(before: now.store - configuration.sweepGrace, limit: configuration.refillPage))
  }

  /// Starts a poll for at most `limit` timers and returns what to ask the store for.
  mutating func startPoll(limit: Int, isIndexUsable: Bool, _ now: Moment) -> Query {
    scheduledAt = now.monotonic + configuration.pollInterval
    // An index that is in use tells of most in time.
    let before =
      isIndexUsable ? now.store - configuration.claimAhead : now.store + configuration.claimAhead
    return start(Query(before: before, limit: limit))
  }

  private mutating func start(_ query: Query) -> Query {
    isInProgress = true
    lastLimit = query.limit
    return query
  }

  /// Ends a sweep that found `count` timers. If the store is polled, as many as were asked for mean that there is a backlog.
  mutating func end(found count: Int, isPolling: Bool) {
    isInProgress = false
    hasBacklog = isPolling && count >= lastLimit
  }

  /// Ends a sweep that the store did not answer.
  mutating func fail() { isInProgress = false }

  /// Schedules the next poll for `now` if there is a backlog, once for each poll that found one.
  mutating func pollAgainIfBacklogged(at now: MonotonicInstant) {
    guard hasBacklog else { return }
    hasBacklog = false
    scheduledAt = now
  }
}
