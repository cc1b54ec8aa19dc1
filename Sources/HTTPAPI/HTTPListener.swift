import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle

/// Listens on one port and serves its endpoints.
struct HTTPListener: Service {
  let address: HTTPAPI.Address
  let responder: APIResponder
  let configuration: HTTPAPI.Configuration
  let shutdown: ShutdownNotice
  let logger: Logger
  let onListening: @Sendable (Int) async -> Void

  func run() async throws {
    let onListening = onListening
    let (idleTimeout, shutdown, api) = (configuration.idleTimeout, shutdown, responder)
    // The server's own entries say again what `onListening` says.
    var serverLogger = logger
    serverLogger.logLevel = max(logger.logLevel, .warning)
    let application = Application(
      responder: responder,
      server: HTTPServerBuilder { responder in
        LoopBoundChannel(
          responder: responder, idleTimeout: idleTimeout, shutdown: shutdown, onRejection: api.recordRejection
        )
      },
      configuration: .init(
        address: .hostname(address.host, port: address.port),
        availableConnectionsDelegate: .maximum(configuration.maxConnections, logger: serverLogger)),
      onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
      logger: serverLogger)
    try await application.run()
  }
}
