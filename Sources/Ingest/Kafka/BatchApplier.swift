import KafkaClient
import Logging
import Telemetry
import TimerModel
import TimerWire

/// Reads batches of records and gives them to the store.
struct BatchApplier: Sendable {
  let configuration: KafkaIngestConfiguration
  let store: any TimerStore
  let decoder: CommandDecoder
  let listener: any DueListener
  let publisher: any MessagePublisher
  let outbox: CommandOutbox?
  let clock: any NodeClock
  let logger: Logger
  let spans: Spans
  let observer: KafkaIngest.Observer

  private var log: (any CommandLogStore)? { store as? any CommandLogStore }

  /// True if the offsets that count are the store's.
  var storesOffsets: Bool { log != nil }

  /// Gives a batch to the store, and tells the scheduler what became due.
  func apply(_ batch: RecordBatch) async -> BatchOutcome {
    let span = spans.begin(batch, of: configuration.group)
    defer { span?.end() }
    var decoded = DecodedBatch(batch, decoder: decoder, now: clock.now().store)
    do {
      if let log { decoded.exclude(try await ReplayedCommands(decoded, of: batch.log).verdicts(of: log)) }
    } catch {
      span?.fail("\(error)")
      return failed(error, decoded, of: batch)
    }
    let commandSpans = spans.begin(&decoded, in: span)
    defer { for commandSpan in commandSpans { commandSpan.end() } }
    do {
      if let log { return try await apply(decoded, of: batch, to: log) }
      return try await applyAtLeastOnce(decoded)
    } catch {
      for commandSpan in commandSpans { commandSpan.fail("\(error)") }
      span?.fail("\(error)")
      return failed(error, decoded, of: batch)
    }
  }

  private func failed(_ error: any Error, _ decoded: DecodedBatch, of batch: RecordBatch) -> BatchOutcome {
    observer.failed(decoded.commands.count)
    let isUnknown = (error as? StoreError)?.outcome == .unknown
    logger.warning(
      "cannot store commands from Kafka; retrying",
      metadata: [
        "partition": "\(batch.partition)", "records": "\(batch.records.count)", LogKey.error: "\(error)",
      ])
    return isUnknown && storesOffsets ? .unknown : .failed
  }

  private func apply(
    _ decoded: DecodedBatch, of batch: RecordBatch, to log: any CommandLogStore
  ) async throws -> BatchOutcome {
    let (topic, shardCount) = (configuration.rejectedTopic, log.shardCount)
    let commands = CommandBatch(
      source: source(batch.partition), expectedOffset: batch.expectedOffset, nextOffset: batch.nextOffset,
      mark: batch.log.mark(before: batch.nextOffset, last: batch.records.last),
      commands: attachingMessages(decoded.commands))
    let result = try await log.apply(commands) {
      decoded.rejections($0, topic: topic, shardCount: shardCount)
    }
    switch result {
    case .applied(let results):
      listener.timersDue(after: results, shardCount: shardCount)
      outbox?.notifyIfMessagesWritten(commands.commands)
      if results.count < batch.records.count || rejectedCount(results) > 0 { outbox?.messagesWritten() }
      observer.applied(results, decoded.invalidCount)
      return .applied
    case .stale(let offset):
      logger.notice(
        "batch already applied by another consumer",
        metadata: ["partition": "\(batch.partition)", "offset": "\(offset.map { "\($0)" } ?? "none")"])
      return .stale(offset)
    }
  }

  private func applyAtLeastOnce(_ decoded: DecodedBatch) async throws -> BatchOutcome {
    let commands = attachingMessages(decoded.commands)
    let results = try await store.apply(commands)
    listener.timersDue(after: results, shardCount: store.shardCount)
    outbox?.notifyIfMessagesWritten(commands)
    let rejections = decoded.rejections(
      results, topic: configuration.rejectedTopic, shardCount: store.shardCount)
    for verdict in await publisher.publish(rejections) {
      switch verdict {
      case .published: continue
      case .failed(let why):
        logger.warning("cannot publish rejected commands", metadata: [LogKey.error: "\(why)"])
        return .failed
      case .unpublishable(let why):
        logger.error("broker refused a rejected command permanently", metadata: [LogKey.error: "\(why)"])
      }
    }
    observer.applied(results, decoded.invalidCount)
    return .applied
  }

  private func attachingMessages(_ commands: [TimerCommand]) -> [TimerCommand] {
    guard let outbox else { return commands }
    return commands.map { outbox.attachingMessages(to: $0) }
  }

  private func rejectedCount(_ results: [CommandResult]) -> Int {
    results.count { if case .rejected = $0 { true } else { false } }
  }

  private func source(_ partition: KafkaPartition) -> CommandSource {
    CommandSource(partition, of: configuration.group)
  }
}
