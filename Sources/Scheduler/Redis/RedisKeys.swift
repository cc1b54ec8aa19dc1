import TimerModel

/// How entries are written: names of keys and members, times as scores.
struct RedisKeys {
  /// The member that is there as long as a shard's entries are; no timer's, since it has no slash.
  static let marker = "#"

  private let prefix: String

  init(prefix: String) { self.prefix = prefix }

  /// The key of a shard's sorted set; its hash tag keeps a shard on one node.
  func due(_ shard: Int) -> String { "{\(prefix):\(shard)}:due" }

  func slot(_ shard: Int) -> Int { HashSlot.of(tag: "\(prefix):\(shard)") }

  static func member(_ key: TimerKey) -> String { key.description }

  /// The timer of a member; nil for what no timer is called.
  static func key(_ member: String) -> TimerKey? {
    guard let slash = member.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let after = member.utf8.index(after: slash)
    return TimerKey(groupID: String(member[..<slash]), timerID: String(member[after...]))
  }

  /// Scores are doubles: whole milliseconds are exact up to 2^53, some 285,000 years from now.
  static func score(_ instant: Timestamp) -> String { "\(min(max(0, instant.milliseconds), 1 << 53))" }

  static func instant(_ score: String) -> Timestamp? {
    (Int64(score) ?? Double(score).map { Int64($0) }).map { Timestamp(milliseconds: $0) }
  }
}
