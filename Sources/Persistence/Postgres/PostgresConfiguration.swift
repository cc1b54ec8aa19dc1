package import TimerModel

/// The address of a PostgreSQL server and the settings for its use.
package struct PostgresConfiguration: Sendable {
  /// A connection string or URI as libpq reads it, with one or several hosts. Where it does not say otherwise,
  /// `target_session_attrs` is `read-write`.
  package var connectionString: String
  /// The schema that holds the tables; made by the migration.
  package var schema: String
  /// The number of shards that the store has or is to be created with.
  package var shardCount: Int
  /// The number of connections that commands, claims and settlements share.
  package var connections: Int
  /// The number of connections that reads, sweeps, leases and heartbeats share.
  package var backgroundConnections: Int
  /// The number of connections that lists and counts share. They may take seconds, which leases and heartbeats must not wait for.
  package var searchConnections: Int
  /// The time that a request may wait for a connection, including a new one. A command may wait for the batch
  /// before its own and then with its own: twice this must be less than two seconds.
  package var connectTimeout: Duration
  /// After what time the server gives up a statement.
  package var statementTimeout: Duration
  /// True if `open` brings the schema to this version.
  package var migratesAtStart: Bool
  /// The parameters that a server may have turned off although it may then lose what it acknowledged.
  package var acceptedLosses: Set<PostgresDurability>

  package init(
    connectionString: String, schema: String = "timerd", shardCount: Int = 64, connections: Int = 4,
    backgroundConnections: Int = 2, searchConnections: Int = 2, connectTimeout: Duration = .milliseconds(700),
    statementTimeout: Duration = .seconds(5), migratesAtStart: Bool = true,
    acceptedLosses: Set<PostgresDurability> = []
  ) {
    self.connectionString = connectionString
    self.schema = schema
    self.shardCount = shardCount
    self.connections = connections
    self.backgroundConnections = backgroundConnections
    self.searchConnections = searchConnections
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
    self.migratesAtStart = migratesAtStart
    self.acceptedLosses = acceptedLosses
  }

  /// Finds out, without a connection, whether the connection string can be read, and in one way only.
  ///
  /// - Throws: `StoreError` that does not repeat it.
  package func check() throws(StoreError) { _ = try PostgresTarget.targets(of: connectionString) }
}
