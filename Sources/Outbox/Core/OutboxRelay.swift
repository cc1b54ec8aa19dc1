package import Logging
import NodeRuntime
import ServiceLifecycle
import Synchronization
import Telemetry
package import TimerModel

/// Publishes what the outbox holds: runs its engine against the store and a publisher.
package final class OutboxRelay: OutboxListener, Service {
  /// The results of messages that were handed to the publisher.
  package struct Progress: Hashable, Sendable {
    /// The number of messages that the broker acknowledged.
    package var published = 0
    /// The number of messages to try again.
    package var failed = 0
    /// The number of messages that the broker will never accept.
    package var dropped = 0
  }

  private let configuration: OutboxConfiguration
  private let drainTimeout: Duration
  private let store: any TimerOutbox
  private let publisher: any MessagePublisher
  private let topics: any PublishedMessages
  private let clock: any NodeClock
  private let logger: Logger
  private let observe: @Sendable (Progress) -> Void
  private let mailbox = Mailbox<OutboxEvent>(name: "timerd-outbox")
  /// In microseconds of the monotonic clock.
  private let leaseExpiresAt = Atomic(MonotonicInstant.distantFuture.microseconds)

  /// Creates a relay that owns no shard; on shutdown it publishes what is there, for `drainTimeout` at most.
  package init(
    configuration: OutboxConfiguration, drainTimeout: Duration, store: any TimerOutbox,
    publisher: any MessagePublisher, topics: any PublishedMessages, clock: any NodeClock, logger: Logger,
    observe: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.drainTimeout = drainTimeout
    self.store = store
    self.publisher = publisher
    self.topics = topics
    self.clock = clock
    self.logger = logger
    self.observe = observe
  }

  /// Publishes the messages of these shards from now on, and of no others.
  package func own(_ shards: [Int]) { mailbox.post(.own(shards)) }

  /// Extends the node's lease: publishes nothing after this time.
  package func leaseExtended(until: MonotonicInstant) {
    leaseExpiresAt.store(until.microseconds, ordering: .relaxed)
    mailbox.post(.leaseExtended(until: until))
  }

  /// Notes that a write has left messages.
  package func messagesWritten() { mailbox.post(.written) }

  /// Publishes until a graceful shutdown, then what is there.
  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.relay() }
      group.addTask { await self.abandonAfterDrainTimeout() }
      await group.next()
      group.cancelAll()
    }
  }

  private func relay() async {
    await withGracefulShutdownHandler {
      await StepRunner(mailbox: mailbox, clock: clock).run(OutboxEngine(configuration: configuration)) {
        perform($0)
      }
    } onGracefulShutdown: {
      self.mailbox.post(.drain)
    }
  }

  /// Returns when there is no more time, or when its task is cancelled because all is published.
  private func abandonAfterDrainTimeout() async {
    do {
      try await gracefulShutdown()
      try await Task.sleep(for: drainTimeout)  // The drain deadline itself; cancelled when the drain is done.
      logger.notice("outbox not empty at shutdown; the next owner of its shards publishes the messages")
      mailbox.post(.abandon)
    } catch {}
  }

  private func perform(_ action: OutboxAction) -> (@Sendable () async -> OutboxEvent)? {
    switch action {
    case .drop(let entry, let reason):
      logger.error("broker refused a message permanently; message dropped", metadata: fields(entry, reason))
      return nil
    case .read(let page):
      return { [self] in
        .read(await logger.attempt(orLog: "could not read the outbox") { try await store.outbox(page) })
      }
    case .search(let topic, let entries, let since):
      return { [self] in
        let ids = Set(entries.map(\.message.id))
        let found = await logger.attempt(orLog: "could not search \(topic) for messages") {
          try await topics.published(ids, in: topic, since: since)
        }
        return .searched(entries, found: found)
      }
    case .publish(let entries):
      return { [self] in .published(entries, await publish(entries)) }
    case .remove(let positions):
      return { [self] in
        let done: Void? = await logger.attempt(orLog: "could not remove messages from the outbox") {
          try await store.removeFromOutbox(positions)
        }
        return .removed(positions, done != nil)
      }
    }
  }

  private func publish(_ entries: [OutboxEntry]) async -> [PublishVerdict] {
    // Checked again at the last moment: a node that was paused since the engine read the clock may no longer own these.
    let isAlive = clock.now().monotonic.microseconds < leaseExpiresAt.load(ordering: .relaxed)
    let verdicts =
      isAlive
      ? await publisher.publish(entries.map(\.message))
      : entries.map { _ in .failed("this node was paused; another node may own the message by now") }
    var progress = Progress()
    var failure: String?
    for verdict in verdicts {
      switch verdict {
      case .published: progress.published += 1
      case .unpublishable: progress.dropped += 1
      case .failed(let reason):
        progress.failed += 1
        failure = failure ?? reason
      }
    }
    if let failure {
      logger.warning(
        "cannot publish messages; retrying",
        metadata: ["messages": "\(progress.failed)", LogKey.error: "\(failure)"])
    }
    observe(progress)
    return verdicts
  }

  private func fields(_ entry: OutboxEntry, _ reason: String) -> Logger.Metadata {
    [
      "topic": "\(entry.message.topic)", "message": "\(entry.message.id)", "position": "\(entry.position)",
      "key": "\(String(decoding: entry.message.key ?? [], as: UTF8.self))",
      "bytes": "\(entry.message.value?.count ?? 0)", LogKey.error: "\(reason)",
    ]
  }
}
