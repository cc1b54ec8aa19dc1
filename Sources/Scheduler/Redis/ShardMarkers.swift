import NodeRuntime
import TimerModel

/// The least values that the markers of the shards must have; a lower one shows a loss.
///
/// Every shard's sorted set has a member that is not a timer. Its score, negated, is a version: it begins at the time in
/// microseconds and grows with every count. Being a member, it shares the fate of the entries: what flushes, evicts
/// or fails to replicate these takes it along, and what brings back old ones brings back an old version.
struct ShardMarkers {
  /// The knowledge at the start of an operation: replies of operations side by side are looked at in any
  /// order.
  struct Expectation {
    fileprivate var least: [Int: Int64]
    fileprivate var losses: Int

    func isKnown(_ shard: Int) -> Bool { least[shard] != nil }
  }

  private var least: [Int: Int64] = [:]
  /// The number of losses reported to the caller.
  private var losses = 0
  /// The number of ended connections at the last report to the caller.
  private var reportedLostConnections = 0

  /// A part of the index that was found to be gone.
  enum Finding: Equatable {
    case intact
    /// The latest writes may be missing, since the connection ended in between.
    case uncertain
    /// These shards hold nothing, or what they once held.
    case lost([Int])
  }

  var known: [Int] { least.keys.sorted() }
  var expectation: Expectation { Expectation(least: least, losses: losses) }

  /// The score of the marker of a shard that has none.
  static func firstScore() -> String {
    "\(-SystemClock().now().storeMicroseconds)"
  }

  /// Compares what was read with what was known; a shard that was not known is from now on.
  mutating func check(_ scores: [Int: Int64?], against expected: Expectation, lostConnections: Int) -> Finding
  {
    // What was read before a loss was reported says nothing about what was added since.
    guard expected.losses == losses else { return .uncertain }
    let lost = scores.filter { shard, score in
      guard let score else { return true }
      return Self.version(score) < expected.least[shard] ?? .min
    }.keys.sorted()
    if !lost.isEmpty {
      for shard in lost { least[shard] = nil }
      losses += 1
      reportedLostConnections = lostConnections
      return .lost(lost)
    }
    for case (let shard, let score?) in scores {
      least[shard] = max(least[shard] ?? .min, Self.version(score))
    }
    guard reportedLostConnections == lostConnections else {
      reportedLostConnections = lostConnections
      return .uncertain
    }
    return .intact
  }

  private static func version(_ score: Int64) -> Int64 { score == .min ? .max : -score }

  /// Notes that the caller was told of an error, and so will add again whatever happened before it.
  mutating func reported(lostConnections: Int) { reportedLostConnections = lostConnections }
}
