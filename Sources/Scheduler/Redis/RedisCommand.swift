/// One command, encoded for the wire.
struct RedisCommand: Sendable {
  private(set) var bytes: [UInt8]

  init(_ arguments: [String]) { self.init(arguments.lazy.map(\.utf8)) }

  /// Creates a command of arguments that need not be text.
  init(_ arguments: some Collection<some Collection<UInt8>>) {
    bytes = []
    bytes.reserveCapacity(arguments.reduce(16) { $0 + $1.count + 12 })
    bytes.append(UInt8(ascii: "*"))
    bytes.append(contentsOf: "\(arguments.count)\r\n".utf8)
    for argument in arguments {
      bytes.append(UInt8(ascii: "$"))
      bytes.append(contentsOf: "\(argument.count)\r\n".utf8)
      bytes.append(contentsOf: argument)
      bytes.append(contentsOf: "\r\n".utf8)
    }
  }
}

/// A command with the hash slot of its key, by which a cluster's node is chosen.
struct RoutedCommand: Sendable {
  var slot: Int
  var command: RedisCommand

  init(slot: Int, _ arguments: [String]) {
    self.slot = slot
    command = RedisCommand(arguments)
  }

  init(slot: Int, _ command: RedisCommand) {
    self.slot = slot
    self.command = command
  }
}
