/// The identity of a client of Redis. It never shows the password.
package struct RedisCredentials: Sendable, CustomStringConvertible, CustomReflectable {
  /// The ACL user; nil for the default user.
  package var user: String?
  package var password: String

  package init(user: String? = nil, password: String) {
    self.user = user
    self.password = password
  }

  /// The user's name only.
  package var description: String { "\(user ?? "default"):***" }

  /// Nothing, so that `dump` shows no password either.
  package var customMirror: Mirror { Mirror(self, children: []) }

  var command: RedisCommand {
    RedisCommand(["AUTH"] + (user.map { [$0] } ?? []) + [password])
  }
}
