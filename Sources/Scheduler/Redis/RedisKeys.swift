import TimerModel

/// The encoding of entries: names of keys and members, times as scores.
struct RedisKeys {
  /// The member that is there as long as a shard's entries are; no timer's, since it has no slash.
  static let marker = "#"

  private let prefix: String

  init(prefix: String) { self.prefix = prefix }

  /// The key of a shard's sorted set; its hash tag keeps a shard on one node.
  func due(_ shard: Int) -> String { "{\(prefix):\(shard)}:due" }

  func slot(_ shard: Int) -> Int { HashSlot.of(tag: "\(prefix):\(shard)") }

  /// The latest time that is exact as a score, in milliseconds; the largest version of a marker.
  private static let exact: Int64 = 1 << 53

  static func member(_ key: TimerKey) -> String { key.description }

  /// The timer of a member; nil for what no timer is called.
  static func key(_ member: String) -> TimerKey? {
    guard let slash = member.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let (group, timer) = (member[..<slash], member[member.utf8.index(after: slash)...])
    let key = TimerKey(groupID: String(group), timerID: String(timer))
    return IDRule.allows(key.groupID) && IDRule.allows(key.timerID) ? key : nil
  }

  /// Scores are doubles: whole milliseconds are exact up to 2^53, some 285,000 years from now.
  static func score(_ instant: Timestamp) -> String { "\(min(max(0, instant.milliseconds), exact))" }

  /// The time of a score; nil for what is never written.
  static func instant(_ score: String) -> Timestamp? {
    whole(score).flatMap { (0...exact).contains($0) ? Timestamp(milliseconds: $0) : nil }
  }

  /// The time of a score that is later than `time`, or the nearest to it that can be one; nil for an earlier one, and for what is not a
  /// number. Nothing is later than the latest time that is exact as a score.
  static func instant(_ score: String, after time: Timestamp) -> Timestamp? {
    guard time.milliseconds < exact, let number = Double(score), !number.isNaN else { return nil }
    let nearest = instant(score) ?? Timestamp(milliseconds: Int64(min(max(0, number), Double(exact))))
    return nearest > time ? nearest : nil
  }

  /// The score of a marker; nil for what is never one.
  static func markerScore(_ score: String) -> Int64? {
    whole(score).flatMap { (-exact...0).contains($0) ? $0 : nil }
  }

  private static func whole(_ score: String) -> Int64? {
    Int64(score) ?? Double(score).flatMap { Int64(exactly: $0) }
  }
}
