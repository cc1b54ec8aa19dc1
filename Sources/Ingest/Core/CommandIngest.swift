package import Logging
import ServiceLifecycle
package import Telemetry
package import TimerModel
package import TimerWire

/// Collects concurrent commands into batches that the store commits at once.
///
/// A command is committed at once while fewer than `concurrentBatches` are in progress, and by the task that brought it: no other thread
/// has to run first. While there are as many, the next batch gathers; a command waits for its own batch and never for a tick. After the
/// commit the scheduler hears of what became due.
package final class CommandIngest: TimerCommands, Service {
  private let store: any TimerStore
  private let listener: any DueListener
  private let outbox: CommandOutbox?
  private let queue: CommandQueue
  private let meters: CommandMeters
  private let spans: Spans
  private let logger: Logger

  /// Creates an ingest.
  ///
  /// - Parameters:
  ///   - queueLimit: the maximum number of commands that wait.
  ///   - batchLimit: the maximum number of commands in a batch, but for those of one request.
  ///   - concurrentBatches: the maximum number of batches that are being committed at once.
  package init(
    store: any TimerStore, listener: any DueListener, outbox: CommandOutbox? = nil, queueLimit: Int,
    batchLimit: Int, concurrentBatches: Int = 1, logger: Logger, instruments: Instruments = .off,
    spans: Spans = .off
  ) {
    self.store = store
    self.listener = listener
    self.outbox = outbox
    self.queue = CommandQueue(
      limit: queueLimit, batchLimit: batchLimit, concurrentBatches: concurrentBatches)
    self.logger = logger
    self.spans = spans
    meters = CommandMeters(instruments, origin: .http)
    let (queue, depth) = (queue, instruments.gauges(.queueDepth, by: QueueName.self)[.commands])
    instruments.onScrape { depth.set(queue.count) }
  }

  /// The number of commands that wait for their batch.
  package var waitingCommands: Int { queue.count }

  /// True once commands are rejected because the node stops.
  package var isClosed: Bool { queue.isClosed }

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
      switch try await queue.submit(outbox.map { commands.map($0.attachingMessages) } ?? commands) {
      case .commit(let batch): return try await commit(batch)
      case .committed(let results): return results
      }
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

  /// Takes commands until a graceful shutdown, or until its task is cancelled; then waits for the batches in progress.
  package func run() async throws {
    try? await gracefulShutdown()  // A cancelled group stops as well.
    await queue.close()
  }

  /// Commits a batch, whether or not the request that brought its first commands is cancelled meanwhile, and returns the results of that
  /// request.
  private func commit(_ batch: [CommandQueue.Item]) async throws -> [CommandResult] {
    let commands = batch.count == 1 ? batch[0].commands : batch.flatMap(\.commands)
    let others = batch.dropFirst()
    let span = spans.begin(commands)
    defer { span?.end() }
    do {
      let results = try await store.apply(commands)
      listener.timersDue(after: results, shardCount: store.shardCount)
      outbox?.notifyIfMessagesWritten(commands)
      let own = batch[0].commands.count
      queue.end(others, .success(results.dropFirst(own)))
      meters.count(results)
      logger.log(results)
      return batch.count == 1 ? results : Array(results.prefix(own))
    } catch {
      queue.end(others, .failure(error))
      span?.fail("\(error)")
      logger.warning(
        "cannot store commands", metadata: ["commands": "\(commands.count)", LogKey.error: "\(error)"])
      meters.failed(commands.count)
      throw error
    }
  }
}
