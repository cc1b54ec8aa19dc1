package import TimerModel

/// The settings of scheduling.
package struct SchedulerConfiguration: Sendable {
  /// The node that claims.
  package var node: NodeID
  /// The time before its due time at which a timer may be claimed, so that the claim's round trip costs no
  /// punctuality.
  package var claimAhead: Duration = .milliseconds(50)
  /// The time before the due time at which a claim cycle begins. It claims everything that may be claimed by
  /// then, so that timers due one after the other share a cycle; the rest of the time is for the claim's
  /// round trip.
  var claimCycleLead: Duration { claimAhead * 3 / 4 }
  /// The time after which a claim expires; longer than any attempt.
  package var claimLease: Duration = .seconds(45)
  /// The maximum number of timers claimed at once.
  package var claimBatch = 500
  /// The maximum number of entries read from the index at once. Those that are not claimed at once are
  /// remembered, since reading looks at every shard, however few entries are wanted of each.
  package var readBatch = 2000
  /// The time ahead that the near-term index covers.
  package var horizon: Duration = .seconds(300)
  /// The maximum number of entries in the near-term index, not counting those due within `indexFloor`.
  package var indexLimit = 100_000
  /// Timers due sooner than this are always indexed: they leave the index soon.
  package var indexFloor: Duration = .seconds(10)
  /// The interval at which all shards of the index are read although nothing is known to be due, if other nodes write to it as well; nil
  /// if none does. A timer that is due within twice this time is claimed by the node that created it.
  package var indexReadInterval: Duration?
  /// The maximum number of entries read from the store at once to fill the index.
  package var refillPage = 1000
  /// The interval at which the store is searched for timers that the index missed.
  package var sweepInterval: Duration = .seconds(2)
  /// The lateness at which the sweep considers a timer missed.
  package var sweepGrace: Duration = .seconds(1)
  /// The time that the index has to answer before the store is asked instead.
  package var indexTimeout: Duration = .milliseconds(250)
  /// The time for which the store is asked as well after the index was rebuilt: other nodes may have noticed
  /// later that it had failed or forgotten, and their writes in between may be missing.
  package var indexVerification: Duration = .seconds(3)
  /// The interval at which the index is asked how much it holds. What it has lost is also noticed when it is read.
  package var probeInterval: Duration = .seconds(10)
  /// The interval at which the store is asked for due timers while the index is down.
  package var pollInterval: Duration = .milliseconds(200)
  /// The wait after an error of the store; doubled up to 16 times.
  package var storeBackoff: Duration = .milliseconds(100)
  /// The longest sleep of the engine, so that it notices a stepped clock.
  package var maxSleep: Duration = .milliseconds(250)

  /// Creates a configuration with the defaults of docs/configuration.md.
  package init(node: NodeID) { self.node = node }
}
