/// The settings of the index in Redis.
///
/// It is written as a URL:
///
/// ```
/// redis://[user[:password]@]host[:port][/database][?options]                        one server
/// unix:/path/to/socket[?options]                                                    one server on this machine
/// redis+sentinel://[user[:password]@]host[:port],host[:port]…/master[/database][?options]
/// redis+cluster://[user[:password]@]host[:port],host[:port]…[?options]
/// ```
///
/// Options: `prefix` (of all keys, default `timerd`), `timeout` (of an operation, default `500ms`), `connect-timeout`
/// (default `1s`); for `unix:` also `db`, `user` and `password`; for Sentinels that want it `sentinel-user` and
/// `sentinel-password`. The port is 6379, that of a Sentinel 26379. User, password and options may be percent-encoded;
/// an IPv6 address stands in brackets. A user without a password is not a user: `redis://:secret@host` for `requirepass`.
///
/// The ACL user needs `+zadd +zcard +zincrby +zrangebyscore +zrem +unlink +ping +select ~{prefix:*`; with
/// Cluster or Sentinel also `+cluster|slots`, `+role`. `+config|get` is for a warning only.
package struct RedisConfiguration: Sendable {
  /// The way in which servers are found.
  package enum Topology: Hashable, Sendable {
    /// One server, which has all keys.
    case single(RedisEndpoint)
    /// Sentinels, who know the server that is `master`.
    case sentinel([RedisEndpoint], master: String)
    /// Some nodes of a cluster, who know the others.
    case cluster([RedisEndpoint])
  }

  /// The way in which servers are found.
  package var topology: Topology
  /// For the servers that hold the index.
  package var credentials: RedisCredentials?
  /// For the Sentinels; nil sends them no `AUTH`.
  package var sentinelCredentials: RedisCredentials?
  /// The database's number; a cluster has 0 only.
  package var database = 0
  /// With what every key begins.
  package var prefix = "timerd"
  /// The timeout of an operation, including the wait for its turn.
  package var operationTimeout: Duration = .milliseconds(500)
  /// The timeout for establishing a connection.
  package var connectTimeout: Duration = .seconds(1)
  /// The maximum number of commands that wait for their replies; further operations fail at once.
  package var pendingLimit = 20_000

  /// Creates a configuration with the defaults.
  package init(topology: Topology) { self.topology = topology }
}

/// A problem with the URL of a Redis index. It never shows the URL itself, which may hold a password.
package struct RedisURLError: Error, Hashable, CustomStringConvertible {
  /// The problem in words for an operator.
  package let description: String

  init(_ description: String) { self.description = description }
}
