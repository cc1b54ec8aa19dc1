/// What holds for all requests of a client.
public struct CurlConfiguration: Sendable {
  /// Whether a resolved address may be connected to; asked at the moment of connecting, on the client's thread.
  public var allowsAddress: @Sendable (IPAddress) -> Bool = { _ in true }
  /// How long connecting may take.
  public var connectTimeout: Duration = .seconds(3)
  /// How much of an answer's body is read.
  public var maxAnswerBytes = 16 << 10
  /// How many connections are kept.
  public var maxConnections = 1024
  /// How many connections there are to one host.
  public var maxConnectionsPerHost = 128
  /// How long a connection is given requests after it was made, whole seconds: a name may stand for another address since.
  public var connectionLifetime: Duration = .seconds(60)
  /// How long the addresses of a name are remembered, whole seconds.
  public var addressLifetime: Duration = .seconds(30)
  /// Addresses of names that are not asked of the system, in libcurl's form `name:port:address,address`.
  package var knownAddresses: [String] = []
  /// A file of certificates to trust instead of the system's.
  public var caFile: String?

  /// Makes a configuration that allows every address.
  public init() {}
}
