import TimerModel

/// The commands sent on a new connection before all others, and the replies that they must get.
struct RedisHandshake {
  enum Step { case authenticate, ping, select, role, policy }

  private(set) var commands: [(Step, RedisCommand)] = []
  private let password: String?

  init(_ configuration: RedisConfiguration, for purpose: RedisConnection.Purpose) {
    let credentials =
      purpose == .data ? configuration.credentials : configuration.sentinelCredentials
    password = credentials?.password
    if let credentials { commands.append((.authenticate, credentials.command)) }
    commands.append((.ping, RedisCommand(["PING"])))
    guard purpose == .data else { return }
    if configuration.database != 0 {
      commands.append((.select, RedisCommand(["SELECT", "\(configuration.database)"])))
    }
    if case .sentinel = configuration.topology { commands.append((.role, RedisCommand(["ROLE"]))) }
    commands.append((.policy, RedisCommand(["CONFIG", "GET", "maxmemory-policy"])))
  }

  /// Returns true if nothing is left to send after `step`.
  func isLast(_ step: Step) -> Bool { commands.last?.0 == step }

  /// Throws if the connection cannot be used after this answer.
  func check(_ reply: RedisValue, to step: Step, at endpoint: RedisEndpoint) throws(IndexError) {
    if case .error(let text) = reply {
      // An ACL may forbid what only serves to notice trouble early.
      if step == .policy || (text.hasPrefix("NOPERM") && step != .select) { return }
      throw indexError(text, step, endpoint)
    }
    guard step == .role, let role = reply.elements?.first?.text, role != "master" else { return }
    throw IndexError(
      code: .unavailable, message: "Redis at \(endpoint) is not a master but a \(role.prefix(32))")
  }

  /// Returns what an operator should know after this answer, nil inside if nothing; nil for steps that have no such topic.
  func warning(on reply: RedisValue, to step: Step, at endpoint: RedisEndpoint) -> (
    RedisWarnings.Topic, String?
  )? {
    switch step {
    case .authenticate, .ping, .select: return nil
    case .role:
      guard case .error(let text) = reply else { return (.role, nil) }
      return (
        .role, "whether Redis at \(endpoint) is the master cannot be checked: ROLE: \(text.prefix(100))"
      )
    case .policy:
      if case .error(let text) = reply {
        return (
          .eviction,
          "whether Redis at \(endpoint) evicts keys cannot be checked, see that maxmemory-policy is noeviction: "
            + "CONFIG GET: \(text.prefix(100))"
        )
      }
      guard let policy = Self.evictionPolicy(reply) else { return (.eviction, nil) }
      return (.eviction, "Redis at \(endpoint) evicts keys (maxmemory-policy \(policy)); set noeviction")
    }
  }

  /// The policy by which the server throws keys away when its memory is full; nil if it does not.
  static func evictionPolicy(_ reply: RedisValue) -> String? {
    guard let policy = reply.elements?.last?.text, policy != "noeviction" else { return nil }
    return String(policy.prefix(32))
  }

  private func indexError(_ text: String, _ step: Step, _ endpoint: RedisEndpoint) -> IndexError {
    // A server that does not know AUTH repeats what it was given, and cuts it where it is long.
    let words = text.firstRange(of: ", with args").map { String(text[..<$0.lowerBound]) } ?? text
    let reply = password.map { $0.isEmpty ? words : words.replacing($0, with: "***") } ?? words
    var error = IndexError(reply: reply, from: endpoint)
    if step == .authenticate { (error.code, error.isRetriable) = (.unauthorized, false) }
    return error
  }
}
