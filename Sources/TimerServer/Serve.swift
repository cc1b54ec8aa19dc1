import ArgumentParser
import Logging
import Telemetry
import TimerModel

/// `timerd serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs the service until SIGTERM or SIGINT.",
    discussion: """
      Examples:
        timerd serve
        timerd serve --store sqlite:/var/lib/timerd/timers.db --listen 0.0.0.0:8080
        timerd serve --store postgres://timerd@db/timerd --index redis://cache --node-id a
        timerd serve --config timerd.yaml --secrets-dir /run/secrets
        TIMERD_LOG_LEVEL=debug timerd serve

      \(Timerd.sources)

      \(Timerd.exitCodes)
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try await options.configuration()
    LogOutput.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
    do {
      try await serve(configuration, logger: Logger(label: "timerd"))
    } catch let error as StoreError {
      Console.error("timerd: \(error)")
      throw ExitCode.failure
    }
  }
}
