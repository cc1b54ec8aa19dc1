/// Distributes timers over shards.
///
/// The function is part of the stored data: changing it would move every timer to another shard.
public enum Shard {
  /// Shards of a store that was created without saying how many.
  public static let defaultCount = 64

  /// The shard of a timer: FNV-1a of 64 bits over `groupId`, a zero byte and `timerId`, folded, modulo `count`.
  public static func of(_ key: TimerKey, count: Int) -> Int {
    precondition(count > 0, "a store has at least one shard")
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key.groupID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = hash &* 0x100_0000_01b3
    for byte in key.timerID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // FNV's low bits alone spread short keys badly.
    return Int((hash ^ (hash >> 32)) % UInt64(count))
  }
}
