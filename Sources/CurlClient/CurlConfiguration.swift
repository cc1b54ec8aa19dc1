/// The settings that apply to all requests of a client.
package struct CurlConfiguration: Sendable {
  /// True if a resolved address may be connected to; asked at the moment of connecting, on the client's
  /// thread.
  package var allowsAddress: @Sendable (IPAddress) -> Bool = { _ in true }
  /// The longest that name lookup, TCP and TLS may take together.
  package var connectTimeout: Duration = .seconds(3)
  /// The number of bytes of an answer's body that are read.
  package var maxResponseBytes = 16 << 10
  /// The maximum number of connections that are kept.
  package var maxConnections = 1024
  /// The maximum number of connections to one host.
  package var maxConnectionsPerHost = 128
  /// The age, in whole seconds, up to which a connection is reused: its name may have another address since.
  package var connectionLifetime: Duration = .seconds(60)
  /// The time for which the addresses of a name are cached, in whole seconds.
  package var addressLifetime: Duration = .seconds(30)
  /// Addresses of names that are not asked of the system, in libcurl's form `name:port:address,address`.
  package var knownAddresses: [String] = []
  /// A file of certificates to trust instead of the system's.
  package var caFile: String?

  /// Creates a configuration that allows every address.
  package init() {}
}
