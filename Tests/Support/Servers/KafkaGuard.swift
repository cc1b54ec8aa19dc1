/// Decides which clients a broker accepts, and how it identifies itself.
package struct KafkaGuard: Sendable {
  /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
  package var mechanism: String
  /// The only user.
  package var user: String
  /// The user's password.
  package var password: String
  /// The name that its certificate is for, such as `IP:127.0.0.1`.
  package var name: String

  package init(mechanism: String, user: String, password: String, name: String = "IP:127.0.0.1") {
    self.mechanism = mechanism
    self.user = user
    self.password = password
    self.name = name
  }
}

/// An address at which clients reach a broker.
protocol KafkaEntrance: Sendable {
  /// A port of 127.0.0.1.
  var port: Int { get }
}
