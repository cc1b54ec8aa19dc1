import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import TimerModel

/// Serves timers over HTTP, as `api.yaml` describes it.
public struct HTTPAPI: Service {
  private let configuration: Configuration
  private let responder: APIResponder
  private let onListening: @Sendable (Int) async -> Void
  private let logger: Logger

  /// Makes a server.
  ///
  /// - Parameters:
  ///   - commands: what carries out the requests.
  ///   - healthChecks: what `/readyz` asks.
  ///   - decoder: what reads bodies; its default policy is shown where a timer has none.
  ///   - defaultCallbackTimeoutSeconds: the time-out that is shown where a timer has none.
  ///   - onListening: called with the port once requests are accepted.
  public init(
    commands: any TimerCommands, healthChecks: [any HealthCheck], decoder: CommandDecoder,
    defaultCallbackTimeoutSeconds: Int, configuration: Configuration, clock: any NodeClock, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.logger = logger
    self.onListening = onListening
    let json = TimerJSON(
      defaultRetryPolicy: decoder.defaultRetryPolicy,
      defaultCallbackTimeoutSeconds: defaultCallbackTimeoutSeconds)
    responder = APIResponder(
      timers: TimerRoutes(commands: commands, decoder: decoder, clock: clock, json: json),
      health: HealthRoutes(checks: healthChecks), configuration: configuration, logger: logger)
  }

  /// Serves until a graceful shutdown, and until the requests of that moment have their answers.
  public func run() async throws {
    let onListening = onListening
    let idleTimeout = TimeAmount(configuration.idleTimeout)
    // The server's own entries say again what `onListening` says.
    var serverLogger = logger
    serverLogger.logLevel = max(logger.logLevel, .warning)
    let application = Application(
      responder: responder,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionEnding()], idleTimeout: idleTimeout)),
      configuration: .init(
        address: .hostname(configuration.host, port: configuration.port),
        availableConnectionsDelegate: .maximum(configuration.maxConnections, logger: serverLogger)),
      onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
      logger: serverLogger)
    try await application.run()
  }
}
