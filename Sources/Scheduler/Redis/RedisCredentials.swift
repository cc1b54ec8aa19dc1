/// The identity of a client of Redis. It never shows the password.
public struct RedisCredentials: Sendable, CustomStringConvertible, CustomReflectable {
  /// The ACL user; nil for the default user.
  public var user: String?
  /// The password.
  public var password: String

  /// Creates credentials.
  public init(user: String? = nil, password: String) {
    self.user = user
    self.password = password
  }

  /// The user's name only.
  public var description: String { "\(user ?? "default"):***" }

  /// Nothing, so that `dump` shows no password either.
  public var customMirror: Mirror { Mirror(self, children: []) }

  var command: RedisCommand {
    RedisCommand(["AUTH"] + (user.map { [$0] } ?? []) + [password])
  }
}
