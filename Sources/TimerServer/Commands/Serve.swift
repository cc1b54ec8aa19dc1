import ArgumentParser
import FoundationEssentials
import Logging
import Telemetry
import TelemetryOTLP
import TimerModel

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
    let tracing = try Self.tracing(for: configuration.node)
    do {
      let logger = Logger(label: "timerd")
      let options = options
      let reload = LogLevelReload(
        read: { try await ServerConfiguration(options.source()).logLevel }, logger: logger)
      try await serve(configuration, tracing: tracing, reload: reload, logger: logger)
    } catch let error as StoreError {
      Console.error("timerd: \(error)")
      throw ExitCode.failure
    }
  }

  /// Reads OpenTelemetry's variables; ends the process with code 78 if one of them is invalid.
  private static func tracing(for node: NodeID) throws -> TracingConfiguration {
    do {
      return try TracingConfiguration(
        environment: ProcessInfo.processInfo.environment, node: node.name, version: Version.number)
    } catch {
      for problem in error.problems { Console.error("timerd: \(problem)") }
      throw ExitCode(78)
    }
  }
}
