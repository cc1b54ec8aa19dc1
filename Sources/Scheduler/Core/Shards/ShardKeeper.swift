package import Logging
package import NodeRuntime
import ServiceLifecycle
package import Telemetry
package import TimerModel

/// Keeps this node's share of the shards: runs their engine against the store.
package final class ShardKeeper: Service {
  /// The callbacks that inform the rest of the node.
  package struct Listener: Sendable {
    /// Poll these shards from now on, and no others.
    package var own: @Sendable (_ shards: [Int]) -> Void
    /// The node's leases last until this time: start no attempt afterwards.
    package var leaseExtended: @Sendable (_ until: MonotonicInstant) -> Void

    package init(
      own: @escaping @Sendable (_ shards: [Int]) -> Void,
      leaseExtended: @escaping @Sendable (_ until: MonotonicInstant) -> Void
    ) {
      self.own = own
      self.leaseExtended = leaseExtended
    }
  }

  private let configuration: ShardConfiguration
  private let record: NodeRecord
  private let store: any TimerStore & NodeRegistry
  private let clock: StoreClock
  private let listener: Listener
  private let logger: Logger
  private let meters: ShardMeters
  private let mailbox = Mailbox<ShardEvent>(name: "timerd-shards")

  /// Creates a keeper; each of its surveys also sets `clock`.
  package init(
    configuration: ShardConfiguration, record: NodeRecord, store: any TimerStore & NodeRegistry,
    clock: StoreClock,
    listener: Listener, logger: Logger, instruments: Instruments = .off
  ) {
    self.configuration = configuration
    self.record = record
    self.store = store
    self.clock = clock
    self.listener = listener
    self.logger = logger
    meters = ShardMeters(instruments, clock: clock)
  }

  /// The node begins to stop and claims nothing any more: its shards go to others.
  package func handOver() {
    meters.leaves()
    mailbox.post(.handOver)
  }

  /// Keeps shards until a graceful shutdown, and then tells the store that this node is gone.
  package func run() async throws {
    await withGracefulShutdownHandler {
      await StepRunner(mailbox: mailbox, clock: clock).run(ShardEngine(configuration: configuration)) {
        perform($0)
      }
    } onGracefulShutdown: {
      self.meters.leaves()
      self.mailbox.post(.leave)
    }
  }

  private func perform(_ action: ShardAction) -> (@Sendable () async -> ShardEvent)? {
    switch action {
    case .own(let shards):
      logger.info("shards", metadata: ["count": "\(shards.count)", "shards": "\(shards)"])
      meters.owns(shards)
      listener.own(shards)
      return nil
    case .leaseExtended(let until):
      listener.leaseExtended(until)
      return nil
    case .survey(let isRenewal, let isDraining):
      return { [self] in
        .surveyed(
          await logger.attempt(orLog: "could not survey shards") { try await survey(isRenewal, isDraining) })
      }
    case .acquire(let shards):
      return { [self] in
        let sentAt = SystemClock.monotonic()
        let held = await logger.attempt(orLog: "could not acquire shards") {
          try await store.acquireLeases(
            shards, for: configuration.node, duration: configuration.leaseDuration)
        }
        if let held { meters.acquired(shards.filter(held.contains)) }
        return .acquired(held, sentAt: sentAt)
      }
    case .release(let shards):
      meters.releases(shards)
      return { [self] in
        let done: Void? = await logger.attempt(orLog: "could not release shards") {
          try await store.releaseLeases(shards, of: configuration.node)
        }
        return .released(done != nil)
      }
    case .retire:
      return { [self] in
        let done: Void? = await logger.attempt(orLog: "could not retire") {
          try await store.retire(configuration.node)
        }
        return .retired(done != nil)
      }
    }
  }

  private func survey(_ isRenewal: Bool, _ isDraining: Bool) async throws -> ShardSurvey {
    try await clock.set(by: store)
    let sentAt = SystemClock.monotonic()
    if isRenewal {
      var record = record
      record.isDraining = isDraining
      record.clockOffsetMicroseconds = clock.offsetMicroseconds
      _ = try await store.heartbeat(record, duration: configuration.leaseDuration)
      _ = try await store.renewLeases(of: configuration.node, duration: configuration.leaseDuration)
    }
    let survey = ShardSurvey(
      sentAt: sentAt, isRenewal: isRenewal,
      nodes: try await store.nodes().map(\.record), leases: try await store.leases())
    meters.surveyed(survey, shardCount: configuration.shardCount)
    return survey
  }
}
