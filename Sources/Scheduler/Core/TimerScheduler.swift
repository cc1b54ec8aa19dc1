package import Logging
import NodeRuntime
package import ServiceLifecycle
package import Telemetry
package import TimerModel

/// Runs the scheduler's engine against a store and an index.
package final class TimerScheduler: DueListener, CapacityListener, RecallListener {
  private let configuration: SchedulerConfiguration
  private let store: any TimerStore
  private let index: any TimerIndex
  private let clock: any NodeClock
  private let logger: Logger
  private let meters: SchedulerMeters
  private let spans: Spans
  private let mailbox = Mailbox<SchedulerEvent>(name: "timerd-schedule")
  private let drained = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// News of due timers beyond this many unread events is dropped; the sweep finds those timers.
  private static let mailboxLimit = 10_000

  /// Creates a scheduler that polls nothing until it is told what it owns.
  package init(
    configuration: SchedulerConfiguration, store: any TimerStore, index: any TimerIndex,
    clock: any NodeClock, logger: Logger, instruments: Instruments = .off,
    spans: Spans = .off
  ) {
    self.configuration = configuration
    self.store = store
    self.index = index
    self.clock = clock
    self.logger = logger
    self.spans = spans
    meters = SchedulerMeters(instruments, clock: clock)
    let (mailbox, depth) = (mailbox, instruments.gauges(.queueDepth, by: QueueName.self)[.dueNews])
    instruments.onScrape { depth.set(mailbox.count) }
  }

  /// Polls these shards from now on, and no others.
  package func own(_ shards: [Int]) { mailbox.post(.shardsOwned(shards)) }

  /// Extends the node's lease: claims nothing after this time.
  package func leaseExtended(until: MonotonicInstant) {
    mailbox.post(.leaseExtended(until: until))
  }

  /// Takes note of timers that are due at a new time. Of what is due beyond the horizon a refill will bring the news.
  package func timersDue(_ entries: [DueEntry]) {
    let latest = clock.now().store + configuration.horizon
    let soon = entries.contains { $0.dueAt > latest } ? entries.filter { $0.dueAt <= latest } : entries
    guard !soon.isEmpty else { return }
    guard mailbox.count < Self.mailboxLimit else { return meters.droppedNotifications(soon.count) }
    mailbox.post(.timersDue(soon))
  }

  /// Claims timers for which Delivery has capacity again.
  package func recalled(_ entries: [DueEntry]) { mailbox.post(.recalled(entries)) }

  /// Takes note of room in Delivery.
  package func capacityGranted(_ capacity: DeliveryCapacity) { mailbox.post(.capacityGranted(capacity)) }

  /// Creates a service that claims and hands over to `receiver` until its `gate` or itself is told to stop. It is to stop after
  /// Delivery: what that gives back goes to the index, where the next owner finds it.
  package func service(delivering receiver: any ClaimedTimerReceiver) -> some Service {
    SchedulerRun(scheduler: self, receiver: receiver)
  }

  /// Creates a service that is to stop before Delivery: from then on nothing is claimed. It calls `onDrained` and ends once what
  /// had been claimed by then is handed over.
  package func gate(onDrained: @escaping @Sendable () -> Void = {}) -> some Service {
    SchedulerGate(scheduler: self, onDrained: onDrained)
  }

  /// Claims nothing more, and returns when nothing that was claimed is on its way, or when the task is cancelled.
  fileprivate func drain() async {
    mailbox.post(.drain)
    for await _ in drained.stream { return }
  }

  fileprivate func run(delivering receiver: any ClaimedTimerReceiver) async {
    let engine = SchedulerEngine(configuration: configuration)
    await withGracefulShutdownHandler {
      await StepRunner(mailbox: mailbox, clock: clock).run(engine) { engine in
        meters.stepped(engine)
      } perform: { action in
        perform(action, receiver)
      }
    } onGracefulShutdown: {
      self.mailbox.post(.end)
    }
  }

  private func perform(
    _ action: SchedulerAction, _ receiver: any ClaimedTimerReceiver
  ) -> (@Sendable () async -> SchedulerEvent)? {
    switch action {
    case .deliver(let timers):
      log(timers)
      receiver.deliver(timers)
      return nil
    case .drained:
      drained.continuation.yield()
      return nil
    case .readIndex(let shards, let through, let limit):
      return { [self] in
        .indexRead(
          await logger.attempt(orLog: "read index failed") {
            try await index.due(in: shards, through: through, limit: limit)
          })
      }
    case .claim(let claim):
      return { [self] in
        let startedAt = spans.isOn ? SpanInstant.now : 0
        let reply = await logger.attempt(orLog: "claim failed") { try await store.claim(request(claim)) }
        if let reply {
          meters.claimed(reply.verdicts)
          spans.claimed(reply.verdicts, by: configuration.node, startedAt: startedAt)
        }
        return .claimAnswered(claim, reply)
      }
    case .recoverClaim(let claim):
      return { [self] in
        let timers = await logger.attempt(orLog: "recover claim failed") {
          try await store.timers(claim.entries.map(\.key)).compactMap(\.self)
        }
        return .claimRecovered(claim, timers)
      }
    case .applyIndexChanges(let remove, let move):
      return { [self] in
        let done: Void? = await logger.attempt(orLog: "tidy index failed") {
          try await index.remove(remove)
          try await index.add(move)
        }
        return .indexChangesApplied(done != nil)
      }
    case .addToIndex(let entries):
      return { [self] in
        .indexAdded(
          await logger.attempt(orLog: "add to index failed") {
            try await index.add(entries)
            return entries
          })
      }
    case .probeIndex(let shards):
      return { [self] in
        .indexProbed(await logger.attempt(orLog: "probe index failed") { try await index.count(in: shards) })
      }
    case .refill(let refill, let shards):
      return { [self] in .refilled(refill, await fill(refill, counting: shards)) }
    case .sweep(let shards, let before, let limit):
      return { [self] in
        let entries = await logger.attempt(orLog: "sweep failed") {
          try await store.overdue(shards: shards, before: before, limit: limit)
        }
        if let entries { meters.swept(entries, grace: configuration.sweepGrace) }
        return .swept(entries)
      }
    }
  }

  private func log(_ timers: [ClaimedTimer]) {
    guard logger.logLevel <= .debug else { return }
    for claimed in timers {
      var fields = Logger.Metadata.timer(claimed.timer.key)
      fields[LogKey.firingID] = "\(claimed.timer.firingID)"
      fields[LogKey.traceID] = "\(claimed.timer.firingID)"
      fields[LogKey.attempt] = "\(claimed.timer.attempt)"
      logger.debug("timer claimed", metadata: fields)
    }
  }

  private func request(_ claim: ClaimAttempt) -> ClaimRequest {
    ClaimRequest(
      keys: claim.entries.map(\.key), node: configuration.node, lease: configuration.claimLease,
      claimAhead: claim.ahead ?? configuration.claimAhead, payloadBudget: claim.payloadBudget)
  }

  private func fill(_ refill: Refill, counting shards: [Int]) async -> RefillResult {
    let page = await logger.attempt(orLog: "refill failed") {
      try await store.due(
        shard: refill.shard, after: refill.cursor, through: refill.through, limit: refill.limit)
    }
    guard let page else { return .storeFailed }
    let count = await logger.attempt(orLog: "add to index failed") {
      try await index.add(page)
      return try await index.count(in: shards)
    }
    return count.map { .added(page, indexCount: $0) } ?? .indexFailed
  }
}

/// The running scheduler, as the service group sees it.
private struct SchedulerRun: Service {
  let scheduler: TimerScheduler
  let receiver: any ClaimedTimerReceiver

  func run() async throws { await scheduler.run(delivering: receiver) }
}

/// The part of the scheduler that stops first.
private struct SchedulerGate: Service {
  let scheduler: TimerScheduler
  let onDrained: @Sendable () -> Void

  func run() async throws {
    try await gracefulShutdown()
    await scheduler.drain()
    onDrained()
  }
}
