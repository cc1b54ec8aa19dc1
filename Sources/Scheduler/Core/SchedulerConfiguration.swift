public import TimerModel

/// What an operator can set about scheduling.
public struct SchedulerConfiguration: Sendable {
  /// Who claims.
  public var node: NodeID
  /// How far ahead of its due time a timer may be claimed, so that the claim's round trip costs no punctuality.
  public var claimAhead: Duration = .milliseconds(50)
  /// How far ahead a take begins. It takes all that may be claimed by then, so that timers which are due one after the other
  /// share a take; what is left of the time is for the claim's round trip.
  var takeAhead: Duration { claimAhead * 3 / 4 }
  /// How long a claim holds; longer than any attempt.
  public var claimLease: Duration = .seconds(45)
  /// How many timers are claimed at once.
  public var claimBatch = 500
  /// How many entries are read from the index at once: those that are not claimed at once are remembered, since reading looks at
  /// every shard, however few are wanted of each.
  public var readBatch = 2000
  /// How far ahead the near-term index is kept.
  public var horizon: Duration = .seconds(300)
  /// How many entries the near-term index may hold, those due within `indexFloor` not counted.
  public var indexLimit = 100_000
  /// What is due sooner than this is always indexed: it leaves the index soon.
  public var indexFloor: Duration = .seconds(10)
  /// How often the index is read although nothing is known to be due, where other nodes write to it as well; nil where none
  /// does. What such a node creates for a sooner moment it claims itself.
  public var indexReadInterval: Duration?
  /// How many entries are read from the store at once to fill the index.
  public var refillPage = 1000
  /// How often the store is asked for what the index has missed.
  public var sweepInterval: Duration = .seconds(2)
  /// How late a timer must be before the sweep takes it for missed.
  public var sweepGrace: Duration = .seconds(1)
  /// How long an answer of the index may be owed before the store is asked in its place.
  public var indexPatience: Duration = .milliseconds(250)
  /// How long the store is asked beside an index that was rebuilt: other nodes may have noticed later that it had failed or forgotten,
  /// and what they wrote meanwhile may be missing.
  public var indexDoubt: Duration = .seconds(3)
  /// How often the store is asked for what is due while the index is down.
  public var pollInterval: Duration = .milliseconds(200)
  /// How long to wait after an error of the store; doubled up to 16 times this.
  public var storeBackoff: Duration = .milliseconds(100)
  /// How long the engine sleeps at most, so that a stepped clock is noticed.
  public var maxSleep: Duration = .milliseconds(250)

  /// Makes a configuration with the defaults of docs/configuration.md.
  public init(node: NodeID) { self.node = node }
}
