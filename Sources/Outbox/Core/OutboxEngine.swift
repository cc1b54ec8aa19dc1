import NodeRuntime
package import TimerModel

/// Decides which messages of the outbox are published when, and which are forgotten.
///
/// It works on one page at a time: read, publish in waves of one message per key, remove. A topic that takes no message is left
/// alone for a while and stands in no other's way. What somebody may have published before is searched for in the topic
/// to which nothing may go twice.
package struct OutboxEngine: StepEngine, Sendable {
  private let configuration: OutboxConfiguration
  /// Since when each owned shard is this node's.
  private var shards: [Int: Takeover] = [:]
  /// The messages of the page that are still to be published, oldest first.
  private var waiting: [OutboxEntry] = []
  /// The positions of the page that need no publishing any more.
  private var done: [Int64] = []
  /// True if an action is in progress whose end will be heard of.
  private var isBusy = false
  /// Topics that did not take a message, and until when they are left alone.
  private var topics: [String: Backoff] = [:]
  /// Messages of the exact topic that the broker may have, although the publisher has failed; with their shards.
  private var maybePublished: [Int64: Int] = [:]
  /// Messages of the exact topic that were searched for and are not there.
  private var confirmedAbsent: Set<Int64> = []
  private var storeBackoff: Backoff
  private var nextReadAt = MonotonicInstant.distantPast
  private var leaseExpiresAt = MonotonicInstant.distantFuture
  private var isDraining = false
  private var isAbandoned = false
  private var hasReadAll = false

  /// The time at which a shard became this node's, on both clocks.
  private struct Takeover: Sendable {
    let at: Moment
    /// Until when its earlier owner may be publishing.
    let quarantineEndsAt: MonotonicInstant
  }

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantFuture

  /// Creates an engine that owns no shard.
  package init(configuration: OutboxConfiguration) {
    self.configuration = configuration
    storeBackoff = Backoff(first: configuration.storeBackoff)
  }

  /// True if it has been told to end and has nothing more to do.
  package var isFinished: Bool {
    isAbandoned || isDraining && hasReadAll && !isBusy && waiting.isEmpty && done.isEmpty
  }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [OutboxEvent], now: Moment) -> [OutboxAction] {
    var actions: [OutboxAction] = []
    for event in events { handle(event, now, &actions) }
    if !isBusy, let next = nextAction(now) {
      isBusy = true
      actions.append(next)
    }
    wakeAt = isBusy ? .distantFuture : nextWake(now)
    return actions
  }

  private mutating func handle(_ event: OutboxEvent, _ now: Moment, _ actions: inout [OutboxAction]) {
    switch event {
    case .own(let owned): own(owned, now)
    case .leaseExtended(let until): leaseExpiresAt = until
    case .written:
      // While the broker is away the sweep is enough.
      if !topics.values.contains(where: { $0.isWaiting(now) }) { nextReadAt = .distantPast }
    case .read(let entries): read(entries, now)
    case .searched(let entries, let found): searched(entries, found, now)
    case .published(let entries, let verdicts): published(entries, verdicts, now, &actions)
    case .removed(let positions, let isDone): removed(positions, isDone, now)
    case .drain:
      isDraining = true
      hasReadAll = shards.isEmpty
      nextReadAt = .distantPast
    case .abandon: isAbandoned = true
    }
  }

  private mutating func own(_ owned: [Int], _ now: Moment) {
    let quarantineEndsAt = now.monotonic + configuration.quarantine
    shards = Dictionary(
      owned.map { ($0, shards[$0] ?? Takeover(at: now, quarantineEndsAt: quarantineEndsAt)) },
      uniquingKeysWith: { first, _ in first })
    waiting.removeAll { shards[$0.message.shard] == nil }
    maybePublished = maybePublished.filter { shards[$0.value] != nil }
    // Of a shard that goes and comes back somebody else may have published in between.
    confirmedAbsent = []
    nextReadAt = .distantPast
    if isDraining, shards.isEmpty { hasReadAll = true }
  }

  private mutating func read(_ entries: [OutboxEntry]?, _ now: Moment) {
    isBusy = false
    guard let entries else {
      storeBackoff.fail(now)
      hasReadAll = isDraining
      return
    }
    storeBackoff.succeed()
    // Those of a shard that has gone to another node meanwhile are its business.
    waiting = entries.filter { shards[$0.message.shard] != nil }
    if !entries.isEmpty { nextReadAt = .distantPast }
    if isDraining, entries.isEmpty { hasReadAll = true }
  }

  private mutating func removed(_ positions: [Int64], _ isDone: Bool, _ now: Moment) {
    isBusy = false
    guard isDone else {
      storeBackoff.fail(now)
      done = positions + done
      return
    }
    storeBackoff.succeed()
  }

  private mutating func nextAction(_ now: Moment) -> OutboxAction? {
    let isAlive = now.monotonic < leaseExpiresAt
    if !isAlive { (waiting, confirmedAbsent, hasReadAll) = ([], [], isDraining) }
    if let next = nextOfPage() { return next }
    guard !storeBackoff.isWaiting(now) else { return nil }
    if !done.isEmpty {
      defer { done = [] }
      return .remove(done)
    }
    guard isAlive, !shards.isEmpty, !hasReadAll, now.monotonic >= nextReadAt else { return nil }
    nextReadAt = min(now.monotonic + configuration.sweepInterval, nextTopicRetryAt(now))
    return .read(
      OutboxPage(
        shards: shards.keys.sorted(), excludedTopics: excludedTopics(now), limit: configuration.pageLimit,
        byteLimit: configuration.pageBytes))
  }

  private func nextWake(_ now: Moment) -> MonotonicInstant {
    guard done.isEmpty else { return max(storeBackoff.until, now.monotonic) }
    guard !shards.isEmpty, now.monotonic < leaseExpiresAt else { return .distantFuture }
    return max(nextReadAt, storeBackoff.until, now.monotonic)
  }

  /// The topics that are left alone now.
  private func excludedTopics(_ now: Moment) -> Set<String> {
    var excluded = Set(topics.filter { $0.value.isWaiting(now) }.keys)
    if let topic = configuration.exactlyOnceTopic, quarantineEndsAt(now) != nil { excluded.insert(topic) }
    return excluded
  }

  /// Returns the time at which the next topic that is left alone is tried again.
  private func nextTopicRetryAt(_ now: Moment) -> MonotonicInstant {
    let waits = topics.values.filter { $0.isWaiting(now) }.map(\.until)
    return min(waits.min() ?? .distantFuture, quarantineEndsAt(now) ?? .distantFuture)
  }

  /// Until when an earlier owner of some shard may be publishing; nil if none may.
  private func quarantineEndsAt(_ now: Moment) -> MonotonicInstant? {
    shards.values.map(\.quarantineEndsAt).max().flatMap { $0 > now.monotonic ? $0 : nil }
  }

  /// Leaves a topic alone for a while; its messages are read again when it is to be tried again.
  private mutating func failed(_ topic: String, _ now: Moment) {
    topics[topic, default: Backoff(first: configuration.topicBackoff)].fail(now)
    waiting.removeAll { $0.message.topic == topic }
    if topic == configuration.exactlyOnceTopic { confirmedAbsent = [] }
    if isDraining { hasReadAll = true }
  }

  // MARK: From a page that was read to positions that can be forgotten

  /// The search or the wave that is next; nil once nothing of the page waits.
  private mutating func nextOfPage() -> OutboxAction? {
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

  private mutating func searched(_ entries: [OutboxEntry], _ found: Set<FiringID>?, _ now: Moment) {
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

  private mutating func published(
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
