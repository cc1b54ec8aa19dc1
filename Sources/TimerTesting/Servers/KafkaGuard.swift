/// Whom a broker lets in, and how it shows who it is itself.
public struct KafkaGuard: Sendable {
  /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
  public var mechanism: String
  /// The only user.
  public var user: String
  /// The user's password.
  public var password: String
  /// Whom its certificate is for, such as `IP:127.0.0.1`.
  public var name: String

  /// Makes a guard.
  public init(mechanism: String, user: String, password: String, name: String = "IP:127.0.0.1") {
    self.mechanism = mechanism
    self.user = user
    self.password = password
    self.name = name
  }
}

/// Where clients enter a broker.
protocol KafkaEntrance: Sendable {
  /// A port of 127.0.0.1.
  var port: Int { get }
}
