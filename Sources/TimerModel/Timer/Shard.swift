/// Distributes timers over shards.
///
/// The function is part of the stored data: changing it would move every timer to another shard.
public enum Shard {
  /// Shards of a store that was created without saying how many.
  public static let defaultCount = 64

  /// The shard of a timer: FNV-1a of 64 bits over `groupId`, a zero byte and `timerId`, folded, modulo `count`.
  public static func of(_ key: TimerKey, count: Int) -> Int {
    precondition(count > 0, "a store has at least one shard")
    var hash = FNV1a()
    hash.add(key.groupID.utf8)
    hash.add(0)
    hash.add(key.timerID.utf8)
    // FNV's low bits alone spread short keys badly.
    return Int((hash.value ^ (hash.value >> 32)) % UInt64(count))
  }
}
