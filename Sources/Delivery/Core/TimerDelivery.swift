package import Logging
import NodeRuntime
import ServiceLifecycle
package import Telemetry
package import TimerModel

/// Runs Delivery's engine against a store and a transport.
package final class TimerDelivery: ClaimedTimerReceiver, Service {
  private let configuration: DeliveryConfiguration
  private let drainTimeout: Duration
  private let store: any TimerStore
  private let transport: any DeliveryTransport
  private let dueListener: any DueListener
  private let capacityListener: any CapacityListener
  private let recallListener: any RecallListener
  private let outboxListener: (any OutboxListener)?
  private let clock: any NodeClock
  private let logger: Logger
  private let meters: DeliveryMeters
  private let spans: Spans
  private let mailbox = Mailbox<DeliveryEvent>(name: "timerd-deliver")

  /// The time for which finished attempts may still be settled after the drain timeout.
  private static let settleTimeout = Duration.seconds(2)

  /// Creates a delivery; on shutdown it waits up to `drainTimeout` for attempts that run.
  package init(
    configuration: DeliveryConfiguration, drainTimeout: Duration, store: any TimerStore,
    transport: any DeliveryTransport, listener: any DueListener & CapacityListener & RecallListener,
    outboxListener: (any OutboxListener)? = nil, clock: any NodeClock, logger: Logger,
    instruments: Instruments = .off, spans: Spans = .off
  ) {
    self.configuration = configuration
    self.drainTimeout = drainTimeout
    self.store = store
    self.transport = transport
    self.dueListener = listener
    self.capacityListener = listener
    self.recallListener = listener
    self.outboxListener = outboxListener
    self.clock = clock
    self.logger = logger
    self.spans = spans
    meters = DeliveryMeters(instruments, clock: clock)
  }

  /// Extends the node's lease: starts no attempt after this time.
  package func leaseExtended(until: MonotonicInstant) {
    mailbox.post(.leaseExtended(until: until))
  }

  /// Takes timers for which capacity was granted.
  package func deliver(_ timers: [ClaimedTimer]) {
    meters.held(timers.count)
    mailbox.post(.claimed(timers))
  }

  /// Delivers until a graceful shutdown; then finishes what was started, for the drain time-out at most.
  package func run() async throws {
    let engine = DeliveryEngine(configuration: configuration, random: SystemRandomNumberGenerator())
    capacityListener.capacityGranted(engine.initialCapacity)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.run(engine) }
      group.addTask { await self.abandonAfterDrainTimeout() }
      await group.next()
      group.cancelAll()
    }
  }

  private func run(_ engine: DeliveryEngine) async {
    await withGracefulShutdownHandler {
      await StepRunner(mailbox: mailbox, clock: clock).run(engine) { perform($0) }
    } onGracefulShutdown: {
      self.mailbox.post(.drain)
    }
    // What still runs can make no difference any more.
    await transport.abandon()
  }

  /// Returns when there is no more time for anything, or when its task is cancelled because the drain is done.
  private func abandonAfterDrainTimeout() async {
    do {
      try await gracefulShutdown()
      try await Task.sleep(for: drainTimeout)  // The drain deadline itself; cancelled when the drain is done.
      logger.warning("drain timeout reached with attempts in flight; they will be repeated")
      mailbox.post(.abandon)
      try await Task.sleep(for: Self.settleTimeout)  // The store's deadline; cancelled when it has kept it.
    } catch {}
  }

  private func perform(_ action: DeliveryAction) -> (@Sendable () async -> DeliveryEvent)? {
    switch action {
    case .announce(let entries):
      dueListener.timersDue(entries)
      return nil
    case .recall(let entries):
      recallListener.recalled(entries)
      return nil
    case .grant(let capacity):
      meters.held(-capacity.timers)
      capacityListener.capacityGranted(capacity)
      return nil
    case .attempt(let id, let request):
      let start = Stopwatch()
      meters.began(request)
      let span = spans.begin(request)
      var request = request
      request.traceContext = span?.context?.headers
      // No task of its own: what waits for tens of thousands of answers costs as much as sending them.
      transport.begin(request) { [self, request] outcome in
        span?.end(with: outcome)
        meters.ended(request, outcome, since: start)
        log(request, outcome)
        mailbox.post(.attemptEnded(id, outcome))
      }
      return nil
    case .settle(let batch):
      return { [self] in .settled(batch, await settle(batch)) }
    }
  }

  private func settle(_ batch: SettleBatch) async -> [SettleVerdict]? {
    do {
      let verdicts = try await store.settle(batch.settlements)
      if let outboxListener, batch.settlements.contains(where: { !$0.messages.isEmpty }) {
        outboxListener.messagesWritten()
      }
      meters.settled(batch.settlements, verdicts)
      log(batch.settlements, verdicts)
      return verdicts
    } catch {
      logger.warning(
        "cannot settle claims; retrying",
        metadata: ["claims": "\(batch.ids.count)", LogKey.error: "\(error)"])
      return nil
    }
  }

  private func log(_ request: AttemptRequest, _ outcome: AttemptOutcome) {
    let isFailure = outcome.error != nil
    logger.log(
      level: isFailure ? .warning : .debug, isFailure ? "attempt failed" : "attempt delivered",
      metadata: fields(request.timer, outcome))
  }

  private func log(_ settlements: [Settlement], _ verdicts: [SettleVerdict]) {
    guard logger.logLevel <= .debug || verdicts.contains(.lost) else { return }
    for (settlement, verdict) in zip(settlements, verdicts) {
      var fields = Logger.Metadata.timer(settlement.key)
      fields[LogKey.firingID] = "\(settlement.fence.firingID)"
      fields["ending"] = "\(settlement.ending.kind.rawValue)"
      if verdict == .settled {
        logger.debug("claim settled", metadata: fields)
      } else {
        logger.warning("claim was lost before its settlement", metadata: fields)
      }
    }
  }

  private func fields(_ timer: Timer, _ outcome: AttemptOutcome) -> Logger.Metadata {
    var fields = Logger.Metadata.timer(timer.key)
    fields[LogKey.firingID] = "\(timer.firingID)"
    fields[LogKey.traceID] = "\(timer.firingID)"
    fields[LogKey.attempt] = "\(timer.attempt)"
    if let statusCode = outcome.statusCode { fields["status"] = "\(statusCode)" }
    if let error = outcome.error { fields[LogKey.error] = "\(error)" }
    return fields
  }
}
