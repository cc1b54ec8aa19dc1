import Logging
import TimerModel

// Members that this service has not written.
extension RedisTimerIndex {
  /// Removes members, whatever their scores. If that fails they are found again with the next read.
  func removeForeign(_ foreign: [(shard: Int, members: [[UInt8]])]) async {
    guard !foreign.isEmpty else { return }
    var commands: [RoutedCommand] = []
    for (shard, members) in foreign {
      for start in stride(from: 0, to: members.count, by: Self.chunk) {
        let part = members[start..<min(start + Self.chunk, members.count)]
        let arguments = ["ZREM", keys.due(shard)].map { Array($0.utf8) } + part
        commands.append(RoutedCommand(slot: keys.slot(shard), RedisCommand(arguments)))
      }
    }
    let count = foreign.reduce(0) { $0 + $1.members.count }
    logger.warning(
      "removed foreign entries from the index", metadata: ["count": "\(count)"])
    _ = try? await loop.send(commands)
  }
}
