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

  /// Creates an ingest that holds at most `queueLimit` waiting commands and commits at most `batchLimit` at once.
  package init(
    store: any TimerStore, listener: any DueListener, outbox: CommandOutbox? = nil, queueLimit: Int,
    batchLimit: Int, logger: Logger, instruments: Instruments = .off,
    spans: Spans = .off
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

  /// Applies one command and returns when what it did is durable.
  ///
  /// - Throws: `Overloaded`, `StoreError`, or `CancellationError` if the task is cancelled; then the
  ///   command may or may not take effect.
  package func apply(_ command: TimerCommand) async throws -> CommandResult {
    let span = spans.begin(command)
    defer { span?.end() }
    do {
      return try await queue.submit(outbox?.attachingMessages(to: command) ?? command)
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

  /// Commits batches until a graceful shutdown, then what still waits.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      while let batch = await queue.next(limit: batchLimit) {
        await commit(batch)
      }
    } onCancelOrGracefulShutdown: {
      self.queue.close()
    }
  }

  private func commit(_ batch: [CommandQueue.Item]) async {
    let span = spans.begin(batch.map(\.command))
    defer { span?.end() }
    do {
      let results = try await store.apply(batch.map(\.command))
      listener.timersDue(after: results, shardCount: store.shardCount)
      outbox?.notifyIfMessagesWritten(batch.map(\.command))
      for (item, result) in zip(batch, results) { queue.finish(item, .success(result)) }
      meters.count(results)
      logger.log(results)
    } catch {
      span?.fail("\(error)")
      logger.warning(
        "cannot store commands", metadata: ["commands": "\(batch.count)", LogKey.error: "\(error)"])
      meters.failed(batch.count)
      for item in batch { queue.finish(item, .failure(error)) }
    }
  }
}
