package import TimerModel

/// The address of a MySQL or MariaDB server and the settings for its use.
package struct MySQLConfiguration: Sendable {
  /// The address: `mysql://user:password@host:3306/database?ssl-mode=REQUIRED`.
  package var address: String
  /// The number of shards that the store has or is to be created with.
  package var shardCount: Int
  /// The number of connections that commands, claims and settlements share.
  package var connections: Int
  /// The number of connections that reads, sweeps, leases and heartbeats share.
  package var backgroundConnections: Int
  /// The time that a request may wait for a connection, including a new one. A command may wait for the batch before its own and then
  /// with its own: twice this must be less than two seconds.
  package var connectTimeout: Duration
  /// After what time the server gives up a statement.
  package var statementTimeout: Duration
  /// True if `open` brings the schema to this version.
  package var migratesAtStart: Bool
  /// The variables that a server may have set otherwise although it may then lose what it acknowledged.
  package var acceptedLosses: Set<MySQLDurability>

  package init(
    address: String, shardCount: Int = 64, connections: Int = 4, backgroundConnections: Int = 2,
    connectTimeout: Duration = .milliseconds(700), statementTimeout: Duration = .seconds(5),
    migratesAtStart: Bool = true, acceptedLosses: Set<MySQLDurability> = []
  ) {
    self.address = address
    self.shardCount = shardCount
    self.connections = connections
    self.backgroundConnections = backgroundConnections
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
    self.migratesAtStart = migratesAtStart
    self.acceptedLosses = acceptedLosses
  }

  /// Finds out, without a connection, whether the address can be read, and in one way only.
  ///
  /// - Throws: `StoreError` that does not repeat it.
  package func check() throws(StoreError) { _ = try MySQLTarget(address) }
}
