public import TimerModel

/// How to reach a PostgreSQL server and how to use it.
public struct PostgresConfiguration: Sendable {
  /// A connection string or URI as libpq reads it, with one or several hosts. Where it does not say otherwise,
  /// `target_session_attrs` is `read-write`.
  public var connectionString: String
  /// The schema that holds the tables; made by the migration.
  public var schema: String
  /// How many shards the store has, or is to be created with.
  public var shardCount: Int
  /// How many connections commands, claims and settlements share.
  public var connections: Int
  /// How many connections reads, sweeps, leases and heartbeats share.
  public var backgroundConnections: Int
  /// How long a request may wait for a connection, a new one included. A command may wait for the batch before its own and
  /// then with its own: twice this is to be less than two seconds.
  public var connectTimeout: Duration
  /// After what time the server gives up a statement.
  public var statementTimeout: Duration
  /// Whether `open` brings the schema to this version.
  public var migratesAtStart: Bool
  /// The parameters that a server may have turned off although it may then lose what it acknowledged.
  public var acceptedLosses: Set<PostgresDurability>

  /// Makes a configuration.
  public init(
    connectionString: String, schema: String = "timerd", shardCount: Int = 64, connections: Int = 4,
    backgroundConnections: Int = 2, connectTimeout: Duration = .milliseconds(700),
    statementTimeout: Duration = .seconds(5), migratesAtStart: Bool = true,
    acceptedLosses: Set<PostgresDurability> = []
  ) {
    self.connectionString = connectionString
    self.schema = schema
    self.shardCount = shardCount
    self.connections = connections
    self.backgroundConnections = backgroundConnections
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
    self.migratesAtStart = migratesAtStart
    self.acceptedLosses = acceptedLosses
  }

  /// Makes no connection, but finds out whether the connection string can be read, and in one way only.
  ///
  /// - Throws: `StoreError` that does not repeat it.
  public func check() throws(StoreError) { _ = try PostgresTarget.targets(of: connectionString) }
}
