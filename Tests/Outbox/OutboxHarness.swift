import Outbox
import TimerModel
import TimerTesting

/// The outbox's engine with a clock, a store and a broker in hand.
struct OutboxHarness {
  private(set) var engine: OutboxEngine
  private(set) var now = Moment(
    storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 0))
  /// The messages in the store.
  var stored: [OutboxEntry] = []
  /// The messages in the topics, in the order of arrival.
  private(set) var topics: [OutboxMessage] = []
  /// Actions that were not answered yet.
  private(set) var pending: [OutboxAction] = []
  private(set) var dropped: [String] = []
  private(set) var pages: [OutboxPage] = []
  private(set) var searches = 0
  /// The verdicts of the broker, by message.
  var verdicts: [String: PublishVerdict] = [:]
  var isStoreAway = false
  private var lastPosition: Int64 = 0

  init(configure: (inout OutboxConfiguration) -> Void = { _ in }) {
    var configuration = OutboxConfiguration(exactlyOnceTopic: "rejected")
    configure(&configuration)
    engine = OutboxEngine(configuration: configuration)
  }

  /// Writes a message.
  mutating func write(_ text: String, topic: String = "events", key: String? = nil, shard: Int = 0) {
    lastPosition = max(lastPosition, stored.last?.position ?? 0) + 1
    let message = OutboxMessage(
      shard: shard, topic: topic, key: (key ?? text).isEmpty ? nil : Array((key ?? text).utf8), headers: [],
      value: Array(text.utf8))
    stored.append(OutboxEntry(position: lastPosition, createdAt: now.store, message: message))
  }

  mutating func handle(_ events: OutboxEvent...) {
    for action in engine.step(events, now: now) {
      if case .drop(let entry, _) = action {
        dropped.append(text(entry.message))
      } else {
        pending.append(action)
      }
    }
  }

  /// Answers one action.
  mutating func answer() {
    guard !pending.isEmpty else { return }
    switch pending.removeFirst() {
    case .read(let page):
      pages.append(page)
      handle(.read(isStoreAway ? nil : page.select(stored)))
    case .search(let topic, let entries, _):
      searches += 1
      let there = Set(topics.filter { $0.topic == topic }.map(\.id))
      handle(.searched(entries, found: there.intersection(entries.map(\.message.id))))
    case .publish(let entries):
      let answers = entries.map { entry in verdicts[text(entry.message)] ?? .published }
      for (entry, answer) in zip(entries, answers) where answer == .published { topics.append(entry.message) }
      handle(.published(entries, answers))
    case .remove(let positions):
      if !isStoreAway { stored.removeAll { positions.contains($0.position) } }
      handle(.removed(positions, !isStoreAway))
    case .drop: break
    }
  }

  /// Answers until nothing is asked any more at this moment.
  mutating func settle() { while !pending.isEmpty { answer() } }

  /// Answers actions up to and without the first removal, as a node does that is killed then.
  mutating func settleUntilRemoval() {
    while let next = pending.first {
      if case .remove = next { return }
      answer()
    }
  }

  /// Puts a message into its topic although nobody is told.
  mutating func take(_ entry: OutboxEntry) { topics.append(entry.message) }

  /// Lets time pass, with every wake-up that the engine asks for.
  mutating func pass(_ duration: Duration) {
    let end = now.monotonic + duration
    while pending.isEmpty, engine.wakeAt <= end {
      move(to: engine.wakeAt)
      handle()
      settle()
    }
    move(to: end)
  }

  private mutating func move(to monotonic: MonotonicInstant) {
    guard monotonic > now.monotonic else { return }
    now.storeMicroseconds += monotonic.microseconds(since: now.monotonic)
    now.monotonic = monotonic
  }

  func text(_ message: OutboxMessage) -> String { String(decoding: message.value ?? [], as: UTF8.self) }

  var arrived: [String] { topics.map(text) }
}
