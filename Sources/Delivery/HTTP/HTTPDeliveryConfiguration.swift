import CurlClient

/// The settings of HTTP callbacks.
package struct HTTPDeliveryConfiguration: Sendable {
  /// Networks that callbacks may reach although they are not public.
  package var allowedNetworks: [CIDR] = []
  /// The longest that name lookup, TCP and TLS may take together.
  package var connectTimeout: Duration = .seconds(3)
  /// The number of bytes of an answer's body that are read.
  package var maxResponseBytes = 16 << 10
  /// The maximum number of connections that are kept.
  package var maxConnections = 1024
  /// The maximum number of connections to one host.
  package var maxConnectionsPerHost = 128
  /// The age, in whole seconds, up to which a connection is used for callbacks.
  package var connectionLifetime: Duration = .seconds(60)
  /// Addresses of names that are not asked of the system, in libcurl's form `name:port:address,address`; for tests.
  package var knownAddresses: [String] = []
  /// A file of certificates to trust instead of the system's.
  package var caFile: String?
  /// The value of the header `User-Agent` (RFC 9110, section 10.1.5).
  package var userAgent = "timerd"
  /// Every callback is signed with each of these.
  package var signingSecrets: [WebhookSecret] = []

  /// Creates a configuration with the defaults of docs/configuration.md.
  package init() {}

  /// The same for the client below.
  var client: CurlConfiguration {
    let policy = NetworkPolicy(allowing: allowedNetworks)
    var client = CurlConfiguration()
    client.allowsAddress = { policy.allows($0) }
    client.connectTimeout = connectTimeout
    client.maxResponseBytes = maxResponseBytes
    client.maxConnections = maxConnections
    client.maxConnectionsPerHost = maxConnectionsPerHost
    client.connectionLifetime = connectionLifetime
    // A new connection to an address that was remembered for longer would not follow the name.
    client.addressLifetime = min(client.addressLifetime, connectionLifetime)
    client.knownAddresses = knownAddresses
    client.caFile = caFile
    return client
  }
}
