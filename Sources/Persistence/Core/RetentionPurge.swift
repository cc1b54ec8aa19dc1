package import Logging
import ServiceLifecycle
package import TimerModel

/// Deletes timers whose life ended longer ago than the retention period, a batch at a time.
package struct RetentionPurge: Service {
  private let store: any TimerStore
  private let retention: Duration
  private let interval: Duration
  private let logger: Logger
  private static let batch = 1000

  /// Creates a purge that looks once in each `interval`.
  package init(store: any TimerStore, retention: Duration, interval: Duration, logger: Logger) {
    self.store = store
    self.retention = retention
    self.interval = interval
    self.logger = logger
  }

  /// Purges until a graceful shutdown.
  package func run() async throws {
    await cancelWhenGracefulShutdown {
      // The interval between purges. A shutdown cancels the sleep, and with it the loop.
      while (try? await Task.sleep(for: interval)) != nil { await purge() }
    }
  }

  private func purge() async {
    do {
      let before = try await store.time().wall - retention
      var purged = 0
      while !Task.isCancelled {
        let batch = try await store.purge(endedBefore: before, limit: Self.batch)
        purged += batch
        if batch < Self.batch { break }
      }
      if purged > 0 { logger.info("purged ended timers", metadata: ["timers": "\(purged)"]) }
    } catch {
      logger.warning("cannot purge ended timers", metadata: ["error": "\(error)"])
    }
  }
}
