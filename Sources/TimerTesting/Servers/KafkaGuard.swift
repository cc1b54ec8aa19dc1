/// Decides which clients a broker accepts, and how it identifies itself.
public struct KafkaGuard: Sendable {
  /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
  public var mechanism: String
  /// The only user.
  public var user: String
  /// The user's password.
  public var password: String
  /// The name that its certificate is for, such as `IP:127.0.0.1`.
  public var name: String

  /// Creates a guard.
  public init(mechanism: String, user: String, password: String, name: String = "IP:127.0.0.1") {
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
