package import Logging
import ServiceLifecycle
package import Telemetry
package import TimerModel
package import TimerWire

/// Collects concurrent commands into batches that the store commits at once.
///
/// While one batch is being committed the next one gathers, so that a command waits for its own batch and never
/// for a tick. After the commit the scheduler hears of what became due.
package final class CommandIngest: TimerCommands, Service {
  private let store: any TimerStore
  private let listener: any DueListener
  private let outbox: CommandOutbox?
  private let queue: CommandQueue
  private let batchLimit: Int
  private let meters: CommandMeters
  private let spans: Spans
  private let logger: Logger

  /// Creates an ingest.
  ///
  /// - Parameters:
  ///   - queueLimit: the maximum number of commands that wait.
  ///   - batchLimit: the maximum number of commands in a batch, but for those of one request.
  package init(
    store: any TimerStore, listener: any DueListener, outbox: CommandOutbox? = nil, queueLimit: Int,
    batchLimit: Int, logger: Logger, instruments: Instruments = .off, spans: Spans = .off
  ) {
    self.store = store
    self.listener = listener
    self.outbox = outbox
    self.queue = CommandQueue(limit: queueLimit)
    self.batchLimit = batchLimit
    self.logger = logger
    self.spans = spans
    meters = CommandMeters(instruments, origin: .http)
    let (queue, depth) = (queue, instruments.gauges(.queueDepth, by: QueueName.self)[.commands])
    instruments.onScrape { depth.set(queue.count) }
  }

  /// The number of commands that wait for their batch.
  package var waitingCommands: Int { queue.count }

  /// Applies the commands of one request and returns when what they did is durable.
  ///
  /// - Throws: `Overloaded`, `StoreError`, or `CancellationError` if the task is cancelled; then the
  ///   commands may or may not take effect.
  package func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    guard let first = commands.first else { return [] }
    // The span of a request that brings many commands is that of its batch.
    let span = commands.count == 1 ? spans.begin(first) : nil
    defer { span?.end() }
    do {
      return try await queue.submit(outbox.map { commands.map($0.attachingMessages) } ?? commands)
    } catch {
      if error is Overloaded { meters.overloaded() }
      span?.fail("\(error)")
      throw error
    }
  }

  /// Reads one timer; nil if there is none.
  package func timer(_ key: TimerKey) async throws -> Timer? {
    try await store.timers([key]).first ?? nil
  }

  /// Reads timers: one per key, in order.
  package func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    try await store.timers(keys)
  }

  /// Commits batches until a graceful shutdown, then what still waits.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      while let batch = await queue.next(limit: batchLimit) {
        if !batch.isEmpty { await commit(batch) }
      }
    } onCancelOrGracefulShutdown: {
      self.queue.close()
    }
  }

  private func commit(_ batch: [CommandQueue.Item]) async {
    let commands = batch.count == 1 ? batch[0].commands : batch.flatMap(\.commands)
    let span = spans.begin(commands)
    defer { span?.end() }
    do {
      let results = try await store.apply(commands)
      listener.timersDue(after: results, shardCount: store.shardCount)
      outbox?.notifyIfMessagesWritten(commands)
      queue.finish(batch, results)
      meters.count(results)
      logger.log(results)
    } catch {
      span?.fail("\(error)")
      logger.warning(
        "cannot store commands", metadata: ["commands": "\(commands.count)", LogKey.error: "\(error)"])
      meters.failed(commands.count)
      queue.fail(batch, error)
    }
  }
}
