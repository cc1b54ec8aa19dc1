import Scheduler
import TimerModel

extension BenchmarkCase {
  /// Adding to the in-process index, reading what is due, removing it; beside 10,000 timers that are due later.
  static let useIndex = BenchmarkCase("use-index", timers: 500) {
    let index = InProcessTimerIndex()
    await index.add((1000..<11_000).map { Sample.due($0, at: Sample.now + .seconds(60)) })
    let due = Sample.scattered(500) { Sample.due($0) }
    let shards = Array(0..<Shard.defaultCount)
    return {
      await index.add(due)
      let reply = await index.due(in: shards, through: Sample.now, limit: due.count)
      await index.remove(reply.entries)
      return reply.entries.count
    }
  }
}
