/// One command, encoded for the wire.
struct RedisCommand: Sendable {
  private(set) var bytes: [UInt8]

  init(_ arguments: [String]) {
    bytes = []
    bytes.reserveCapacity(arguments.reduce(16) { $0 + $1.utf8.count + 12 })
    bytes.append(UInt8(ascii: "*"))
    bytes.append(contentsOf: "\(arguments.count)\r\n".utf8)
    for argument in arguments {
      bytes.append(UInt8(ascii: "$"))
      bytes.append(contentsOf: "\(argument.utf8.count)\r\n".utf8)
      bytes.append(contentsOf: argument.utf8)
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
}
