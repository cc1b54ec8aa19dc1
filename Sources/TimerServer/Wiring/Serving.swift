import Logging
import ServiceLifecycle
import TelemetryOTLP
import UnixSignals

/// Runs a node until SIGTERM or SIGINT.
func serve(
  _ configuration: ServerConfiguration, tracing: TracingConfiguration, reload: LogLevelReload, logger: Logger
) async throws {
  let resources = try await NodeResources.open(configuration, tracing: tracing, logger: logger)
  let node = Node(resources, reload: reload)
  logger.info(
    "starting", metadata: ["node": "\(configuration.node)", "store": "\(configuration.shownStore)"])
  // A group starts its services in the order of the list, and stops them in the reverse order.
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: node.inDrainOrder.reversed().map { .init(service: $0) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  try await group.run()
  try await resources.close()
  logger.info("stopped")
}
