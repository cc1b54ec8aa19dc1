import NodeRuntime
import TimerModel

// From a page that was read to positions that can be forgotten.
extension OutboxEngine {
  /// The search or the wave that is next; nil once nothing of the page waits.
  mutating func nextOfPage() -> OutboxAction? {
    guard !waiting.isEmpty else { return nil }
    let toLookUp = waiting.filter(needsLookup)
    if let first = toLookUp.first {
      waiting.removeAll(where: needsLookup)
      return .search(
        topic: first.message.topic, toLookUp, since: first.createdAt - configuration.searchMargin)
    }
    return .publish(nextPerKey())
  }

  /// The oldest message of each key: a later one of the same key waits until it is certain that the earlier one is there. The
  /// exact topic's are in no order.
  private mutating func nextPerKey() -> [OutboxEntry] {
    var keys: Set<OrderingKey> = []
    var wave: [OutboxEntry] = []
    var rest: [OutboxEntry] = []
    for entry in waiting {
      let message = entry.message
      let isFree = message.key == nil || message.topic == configuration.exactlyOnceTopic
      if isFree || keys.insert(OrderingKey(topic: message.topic, key: message.key)).inserted {
        wave.append(entry)
      } else {
        rest.append(entry)
      }
    }
    waiting = rest
    return wave
  }

  private struct OrderingKey: Hashable {
    let topic: String
    let key: [UInt8]?
  }

  /// Returns true if a message that must not be published twice may have been published before: by an earlier
  /// owner of its shard, or by this node without a confirmation. The second is for the node's clock, which is
  /// behind the store's.
  private func needsLookup(_ entry: OutboxEntry) -> Bool {
    guard entry.message.topic == configuration.exactlyOnceTopic, !confirmedAbsent.contains(entry.position)
    else {
      return false
    }
    if maybePublished[entry.position] != nil { return true }
    return shards[entry.message.shard].map { entry.createdAt <= $0.at.store + .seconds(1) } ?? true
  }

  mutating func searched(_ entries: [OutboxEntry], _ found: Set<FiringID>?, _ now: Moment) {
    isBusy = false
    guard let found else {
      if let topic = entries.first?.message.topic { failed(topic, now) }
      return
    }
    for entry in entries {
      if found.contains(entry.message.id) {
        finish(entry)
      } else if shards[entry.message.shard] != nil {
        confirmedAbsent.insert(entry.position)
        waiting.append(entry)
      }
    }
    waiting.sort { $0.position < $1.position }
  }

  mutating func published(
    _ entries: [OutboxEntry], _ verdicts: [PublishVerdict], _ now: Moment, _ actions: inout [OutboxAction]
  ) {
    isBusy = false
    var failures: Set<String> = []
    for (entry, verdict) in zip(entries, verdicts) {
      switch verdict {
      case .published: finish(entry)
      case .unpublishable(let reason):
        actions.append(.drop(entry, reason: reason))
        finish(entry)
      case .failed:
        failures.insert(entry.message.topic)
        confirmedAbsent.remove(entry.position)
        if entry.message.topic == configuration.exactlyOnceTopic {
          maybePublished[entry.position] = entry.message.shard
        }
      }
    }
    for topic in failures { failed(topic, now) }
    for topic in Set(entries.map(\.message.topic)).subtracting(failures) { topics[topic] = nil }
  }

  private mutating func finish(_ entry: OutboxEntry) {
    done.append(entry.position)
    maybePublished[entry.position] = nil
    confirmedAbsent.remove(entry.position)
  }
}
