package import Logging
package import ServiceLifecycle
package import Telemetry
package import TimerModel
package import TimerWire

/// Serves timers over HTTP, as `api.yaml` describes it.
package struct HTTPAPI: Service {
  private let configuration: Configuration
  private let responder: @Sendable (EndpointSet) -> APIResponder
  private let onListening: @Sendable (Int) async -> Void
  private let logger: Logger
  private let shutdown: ShutdownNotice

  /// Creates a server.
  ///
  /// - Parameters:
  ///   - commands: what carries out the requests.
  ///   - healthChecks: what `/readyz` asks.
  ///   - decoder: what reads bodies; its default policy is shown where a timer has none.
  ///   - defaultCallbackTimeoutSeconds: the time-out that is shown where a timer has none.
  ///   - search: finds timers for lists and counts; nil answers them with 501.
  ///   - metrics: what `/metrics` shows, and where requests are counted; nil shows and counts nothing.
  ///   - spans: where the spans of requests come from.
  ///   - shutdown: what tells readiness and connections that the node is about to stop.
  ///   - onListening: called with the port once requests are accepted.
  package init(
    commands: any TimerCommands, healthChecks: [any HealthCheck], decoder: CommandDecoder,
    defaultCallbackTimeoutSeconds: Int, configuration: Configuration, clock: any NodeClock, logger: Logger,
    search: (any TimerSearch)? = nil, metrics: MetricsRegistry? = nil, spans: Spans = .off,
    shutdown: ShutdownNotice = ShutdownNotice(),
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.logger = logger
    self.onListening = onListening
    self.shutdown = shutdown
    let json = TimerJSON(
      defaultRetryPolicy: decoder.defaultRetryPolicy,
      defaultCallbackTimeoutSeconds: defaultCallbackTimeoutSeconds)
    let timers = TimerRoutes(
      commands: commands, decoder: decoder, clock: clock, json: json, search: search)
    let health = HealthRoutes(checks: healthChecks, shutdown: shutdown)
    let meters = RequestMeters(configuration, metrics)
    responder = { endpoints in
      APIResponder(
        timers: timers, health: health, metrics: metrics, endpoints: endpoints, meters: meters, spans: spans,
        configuration: configuration, logger: logger)
    }
  }

  /// Serves until a graceful shutdown, and until the requests of that moment have their answers.
  package func run() async throws {
    let endpoints: EndpointSet = configuration.administration == nil ? .all : .timers
    let address = Address(host: configuration.host, port: configuration.port)
    try await HTTPListener(
      address: address, responder: responder(endpoints), configuration: configuration, shutdown: shutdown,
      logger: logger, onListening: onListening
    ).run()
  }

  /// A service for health and metrics alone, if they have an address of their own; then `run` does not serve them.
  package var administration: (any Service)? {
    configuration.administration.map { address in
      HTTPListener(
        address: address, responder: responder(.administration), configuration: configuration,
        shutdown: shutdown, logger: logger, onListening: { _ in })
    }
  }
}
