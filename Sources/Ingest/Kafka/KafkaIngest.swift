package import KafkaClient
package import Logging
import NodeRuntime
import ServiceLifecycle
package import Telemetry
package import TimerModel
package import TimerWire

/// Carries out the commands of a topic, as a member of a consumer group.
///
/// With a `CommandLogStore` each command counts exactly once, whatever crashes. Other stores get commands at least once; then offsets
/// are the broker's, and what is rejected is published before they move on.
package final class KafkaIngest: Service {
  /// The callbacks by which others observe the ingest. They are called from its threads and must not block.
  package struct Observer: Sendable {
    /// librdkafka's statistics, the lag of each partition among them.
    package var statistics: (@Sendable (KafkaStatistics) -> Void)?
    /// A batch took effect: what its commands did, in order, and how many of its records were invalid.
    package var applied: @Sendable (_ results: [CommandResult], _ invalid: Int) -> Void
    /// The store could not carry out a batch of so many commands.
    package var failed: @Sendable (_ commands: Int) -> Void
    /// Reports the number of records that wait for the store.
    package var waiting: @Sendable (_ records: Int) -> Void
    /// A partition's log was not as the store remembers it.
    package var incident: @Sendable (LogIncident) -> Void

    package init(
      statistics: (@Sendable (KafkaStatistics) -> Void)? = nil,
      applied: @escaping @Sendable (_ results: [CommandResult], _ invalid: Int) -> Void = { _, _ in },
      failed: @escaping @Sendable (_ commands: Int) -> Void = { _ in },
      waiting: @escaping @Sendable (_ records: Int) -> Void = { _ in },
      incident: @escaping @Sendable (LogIncident) -> Void = { _ in }
    ) {
      self.statistics = statistics
      self.applied = applied
      self.failed = failed
      self.waiting = waiting
      self.incident = incident
    }
  }

  private let configuration: KafkaIngestConfiguration
  private let kafka: KafkaConfiguration
  private let applier: BatchApplier
  private let inspector: LogInspector
  private let clock: any NodeClock
  private let logger: Logger
  private let observer: Observer

  /// The headers of records that count; nobody needs the others.
  private static let headers = ["traceparent", "tracestate"]
  /// The timeout for leaving the group.
  private static let closeTimeout = Duration.seconds(3)
  /// The wait before a failed consumer is replaced.
  private static let restartPause = Duration.seconds(1)

  /// Creates an ingest; `publisher` is used where the store has no outbox.
  package init(
    configuration: KafkaIngestConfiguration, kafka: KafkaConfiguration, store: any TimerStore,
    decoder: CommandDecoder, listener: any DueListener, publisher: any MessagePublisher,
    outbox: CommandOutbox? = nil, clock: any NodeClock, logger: Logger, spans: Spans = .off,
    observer: Observer = Observer()
  ) {
    self.configuration = configuration
    self.kafka = kafka
    self.clock = clock
    self.logger = logger
    self.observer = observer
    let probe = KafkaLogProbe(configuration: kafka, group: configuration.group, logger: logger)
    inspector = LogInspector(
      configuration: configuration, store: store as? any CommandLogStore,
      inspect: { try await probe.inspect($0, within: configuration.logCheckTimeout) }, logger: logger,
      observer: observer)
    applier = BatchApplier(
      configuration: configuration, store: store, decoder: decoder, listener: listener,
      publisher: publisher, outbox: outbox, clock: clock, logger: logger, spans: spans,
      observer: observer)
  }

  /// Carries out commands until a graceful shutdown; then finishes the batches in progress and leaves the group.
  package func run() async throws {
    if !applier.storesOffsets {
      logger.warning("the store keeps no Kafka offsets; commands are applied at least once")
    }
    while try await runConsumer() {
      logger.error("Kafka consumer failed; restarting")
      guard await pauseIsOver() else { return }
    }
  }

  /// Waits before the next consumer starts.
  ///
  /// - Returns: false if a graceful shutdown, or a cancellation, ended the pause.
  private func pauseIsOver() async -> Bool {
    // The pause between restarts: a broker that fails every consumer at once must not be asked without end. Cancellation ends it.
    await cancelWhenGracefulShutdown { (try? await Task.sleep(for: Self.restartPause)) != nil }
  }

  /// Runs one consumer to its end.
  ///
  /// - Returns: whether another one is to take its place.
  private func runConsumer() async throws -> Bool {
    let mailbox = Mailbox<KafkaIngestEvent>(name: "timerd-ingest-k")
    let consumer = try KafkaConsumer(
      configuration: kafka, group: configuration.group, topics: [configuration.topic],
      headers: Self.headers, resets: !applier.storesOffsets, logger: logger, statistics: observer.statistics
    ) { [logger] event in
      if case .failed(let error) = event {
        logger.log(
          level: error.isFatal ? .error : .warning, "reading commands",
          metadata: [LogKey.error: "\(error)"])
      }
      mailbox.post(.consumer(event))
    }
    await withGracefulShutdownHandler {
      await StepRunner(mailbox: mailbox, clock: clock).run(
        KafkaIngestEngine(configuration: configuration),
        observe: { [observer] in observer.waiting($0.waitingRecords) }
      ) { perform($0, consumer) }
    } onGracefulShutdown: {
      mailbox.post(.drain)
    }
    await consumer.close(within: Self.closeTimeout)
    return !Task.isShuttingDownGracefully && !Task.isCancelled
  }

  private func perform(
    _ action: KafkaIngestAction, _ consumer: KafkaConsumer
  ) -> (@Sendable () async -> KafkaIngestEvent)? {
    switch action {
    case .findStarts(let partitions):
      return { [inspector] in .startsFound(partitions, await inspector.starts(of: partitions)) }
    case .checkLogs(let partitions):
      return { [inspector] in .logsChecked(suspects: await inspector.suspects(among: partitions)) }
    case .apply(let batch): return { [applier] in .applied(batch, await applier.apply(batch)) }
    case .assign(let positions):
      consumer.assign(applier.storesOffsets ? positions : positions.map(\.orCommitted))
    case .unassign(let partitions): consumer.unassign(partitions)
    case .seek(let positions): consumer.seek(positions)
    case .pause(let partitions): consumer.pause(partitions)
    case .resume(let partitions): consumer.resume(partitions)
    case .commit(let positions): consumer.commit(positions)
    }
    return nil
  }
}
