import NodeRuntime
import TimerModel

// Claims are ended in batches, one write at a time; what could not be written is written again.
extension DeliveryEngine {
  mutating func startSettle(_ now: Moment, _ actions: inout [DeliveryAction]) {
    guard !isSettling, !settlementQueue.isEmpty, !settleBackoff.isWaiting(now) else { return }
    let ids = settlementQueue.dequeue(configuration.settleBatch)
    isSettling = true
    actions.append(.settle(SettleBatch(ids: ids, settlements: ids.compactMap { pending[$0]?.settlement })))
  }

  mutating func settled(
    _ batch: SettleBatch, _ verdicts: [SettleVerdict]?, now: Moment, _ actions: inout [DeliveryAction]
  ) {
    isSettling = false
    guard let verdicts else {
      settleBackoff.fail(now)
      for id in batch.ids.reversed() {
        settlementQueue.putBack(id, isKafka: pending[id]?.hasKafkaSlot ?? false)
      }
      return
    }
    settleBackoff.succeed()
    var freed = DeliveryCapacity(timers: 0, payloadBytes: 0)
    var dueAgain: [DueEntry] = []
    for (id, verdict) in zip(batch.ids, verdicts) {
      guard let entry = pending.remove(id) else { continue }
      known.end(entry.claimed.timer.fence, now)
      if entry.hasKafkaSlot {
        kafka.release(entry.claimed.payloadBytes)
        if !deferred.isEmpty { markRecallable(KafkaCapacity.origin) }
      } else {
        freed += entry.size
      }
      guard verdict == .settled, let dueAt = entry.settlement?.nextDueAt else { continue }
      let due = DueEntry(key: entry.claimed.timer.key, shard: entry.claimed.shard, dueAt: dueAt)
      dueAgain.append(due)
      if entry.isDeferred { rememberDeferred(due, entry) }
    }
    if !dueAgain.isEmpty { actions.append(.announce(dueAgain)) }
    actions.append(.grant(freed))
  }
}
