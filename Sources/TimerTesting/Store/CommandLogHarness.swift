import Testing
public import TimerModel

/// A fresh store with offsets and an outbox, and short words for what the conformance suite does with it.
public struct CommandLogHarness: Sendable {
  let log: any CommandLogStore & TimerOutbox
  let timers: StoreHarness

  /// Creates a harness around a store that is empty and takes its time from `clock`.
  public init(store: any CommandLogStore & TimerOutbox, clock: ManualClock) {
    log = store
    timers = StoreHarness(store: store, clock: clock)
  }

  func source(_ partition: Int32 = 0, group: String = "timerd") -> CommandSource {
    CommandSource(group: group, topic: "timer-commands", partition: partition)
  }

  func create(_ id: String, in seconds: Int64 = 60) -> TimerCommand {
    .create(CreateTimer(key: timers.key(id), definition: timers.definition(in: seconds)))
  }

  func message(_ text: String, shard: Int = 0, topic: String = "t") -> OutboxMessage {
    OutboxMessage(shard: shard, topic: topic, key: nil, headers: [], value: Array(text.utf8))
  }

  @discardableResult
  func apply(
    _ commands: [TimerCommand], from expected: Int64?, to next: Int64, partition: Int32 = 0,
    messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage] = { _ in [] }
  ) async throws -> CommandBatchResult {
    let batch = CommandBatch(
      source: source(partition), expectedOffset: expected, nextOffset: next, commands: commands)
    return try await log.apply(batch, messages: messages)
  }

  func offset(_ partition: Int32 = 0) async throws -> Int64? {
    try await log.offsets(of: [source(partition)])[0]
  }

  /// Returns the messages in the outbox of all shards, as text.
  func outbox() async throws -> [String] { try await entries().map(text) }

  func entries(_ page: OutboxPage? = nil) async throws -> [OutboxEntry] {
    try await log.outbox(page ?? OutboxPage(shards: Array(0..<log.shardCount)))
  }

  func text(_ entry: OutboxEntry) -> String { String(decoding: entry.message.value ?? [], as: UTF8.self) }
}
