import Logging
import ServiceLifecycle
import Telemetry
import UnixSignals

/// Reads the settings again on SIGHUP and takes the log level from them; what else has changed waits for a restart.
struct LogLevelReload: Service {
  let read: @Sendable () async throws -> Logger.Level
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await _ in await UnixSignalsSequence(trapping: .sighup) { await reload() }
    }
  }

  private func reload() async {
    do {
      let level = try await read()
      LogOutput.level = level
      logger.notice("settings reloaded", metadata: ["log_level": "\(level)"])
    } catch {
      logger.warning(
        "cannot reload settings; keeping the log level", metadata: [LogKey.error: "\(error)"])
    }
  }
}
