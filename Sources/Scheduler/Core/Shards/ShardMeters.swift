import NodeRuntime
import Synchronization
import Telemetry
import TimerModel

/// Counts shards that come and go.
final class ShardMeters: Sendable {
  private struct Seen {
    var owned: Set<Int> = []
    /// Shards that this node has given up and may still poll.
    var given: Set<Int> = []
    /// Since when shards have had no owner.
    var free: [Int: Stopwatch] = [:]
    var isLeaving = false
  }

  private let shardsOwned: Gauge
  private let losses: Count
  private let handover: Durations
  private let liveNodes: Gauge
  private let seen = Mutex(Seen())

  init(_ instruments: Instruments, clock: StoreClock) {
    shardsOwned = instruments.gauge(.shardsOwned)
    losses = instruments.count(.leaseLosses)
    handover = instruments.durations(.shardHandover)
    liveNodes = instruments.gauge(.liveNodes)
    let offset = instruments.gauge(.clockOffset)
    instruments.onScrape { offset.set(Double(clock.offsetMicroseconds) / 1_000_000) }
  }

  func leaves() { seen.withLock { $0.isLeaving = true } }

  func releases(_ shards: [Int]) { seen.withLock { $0.given.formUnion(shards) } }

  func owns(_ shards: [Int]) {
    shardsOwned.set(shards.count)
    let lost = seen.withLock { seen in
      let gone = seen.owned.subtracting(shards)
      defer { (seen.owned, seen.given) = (Set(shards), seen.given.intersection(shards)) }
      return seen.isLeaving ? 0 : gone.subtracting(seen.given).count
    }
    losses.add(lost)
  }

  func surveyed(_ survey: ShardSurvey, shardCount: Int) {
    liveNodes.set(survey.nodes.count)
    let held = Set(survey.leases.map(\.shard))
    seen.withLock { seen in
      seen.free = seen.free.filter { !held.contains($0.key) }
      for shard in 0..<shardCount where !held.contains(shard) && seen.free[shard] == nil {
        seen.free[shard] = Stopwatch()
      }
    }
  }

  func acquired(_ shards: [Int]) {
    seen.withLock { seen in
      for shard in shards {
        if let since = seen.free.removeValue(forKey: shard) { handover.record(since: since) }
      }
    }
  }
}
