import Glibc

/// What the markers of the shards must be at least, so that a loss is seen.
///
/// Every shard's sorted set has a member that is no timer. Its score, negated, is a version: it begins at the time in
/// microseconds and grows with every count. Being a member, it shares the fate of the entries: what flushes, evicts
/// or fails to replicate these takes it along, and what brings back old ones brings back an old version.
struct ShardMarkers {
  private var least: [Int: Int64] = [:]
  /// How many connections had ended when that was last reported to the caller.
  private var reportedBreaks = 0

  /// What of it was found to be gone.
  enum Finding: Equatable {
    case intact
    /// The latest writes may be missing, since the connection ended in between.
    case doubtful
    /// These shards hold nothing, or what they once held.
    case lost([Int])
  }

  func isKnown(_ shard: Int) -> Bool { least[shard] != nil }
  var known: [Int] { least.keys.sorted() }

  /// The score of the marker of a shard that has none.
  static func firstScore() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return "\(-(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000))"
  }

  /// Compares what was read; a shard that was not known is from now on.
  mutating func check(_ scores: [Int: Int64?], breaks: Int) -> Finding {
    var lost: [Int] = []
    for (shard, score) in scores {
      let version = score.map { -$0 }
      if let version, version >= least[shard] ?? .min {
        least[shard] = version
      } else {
        lost.append(shard)
        least[shard] = nil
      }
    }
    guard lost.isEmpty else {
      reportedBreaks = breaks
      return .lost(lost.sorted())
    }
    guard reportedBreaks == breaks else {
      reportedBreaks = breaks
      return .doubtful
    }
    return .intact
  }

  /// Notes that the caller was told of an error, and so will add anew whatever happened before it.
  mutating func reported(breaks: Int) { reportedBreaks = breaks }
}
