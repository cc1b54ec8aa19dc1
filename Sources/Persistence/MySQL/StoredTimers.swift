import Persistence
import TimerModel

/// Timers as a packet has read them, with the time and the nodes by which their claims are judged.
struct StoredTimers {
  /// The time that was noted in the packet.
  let now: StoreTime
  /// The names of the nodes whose claims are void.
  let gone: Set<String>
  private(set) var timers: [TimerKey: Timer] = [:]
  /// The faults of the rows that cannot be read.
  private(set) var unreadable: [TimerKey: StoreError] = [:]
  /// The tokens of the claims that were made by token.
  private(set) var tokens: [TimerKey: Int64] = [:]

  /// Reads the replies to queries of which the last two are `now` and `gone`; the others read timers, or have no rows. A claim whose
  /// lease has expired or whose node is gone is shown as expired: to the transitions that is the same.
  init(_ replies: some BidirectionalCollection<MySQLRows>, _ session: MySQLSession) throws {
    let last = Array(replies.suffix(2))
    now = try session.time(last[0])
    gone = Set((0..<last[1].count).compactMap { last[1].text($0, 0) })
    for rows in replies.dropLast(2) { try add(rows) }
  }

  private mutating func add(_ rows: MySQLRows) throws {
    typealias Column = MySQLStatement.ReadColumn
    for row in 0..<rows.count {
      let stored = MySQLTimerRow(rows, row, from: Column.timer.rawValue)
      let key = stored.key
      tokens[key] = rows.integer(row, Column.token.rawValue)
      do {
        var timer = try stored.timer()
        if let claim = timer.claim, claim.deadline <= now.lease || gone.contains(claim.node.name) {
          timer.claim?.deadline = Timestamp(milliseconds: .min)
        }
        timers[key] = timer
      } catch let error as StoreError where error.code == .incompatible {
        unreadable[key] = error
      }
    }
  }

  /// The decision about commands on these timers.
  var decision: CommandDecision {
    CommandDecision(stored: timers, unreadable: unreadable.mapValues(\.message), now: now)
  }
}

extension MySQLTimerStore {
  /// The number of keys in one statement.
  private static let keyLimit = 1000

  /// Statements that look timers up by their keys, in the order of keys.
  static func lookUps(_ statement: MySQLStatement, _ keys: [TimerKey]) -> [MySQLQuery] {
    chunks(keys).map { MySQLQuery(statement, [list(of: $0)]) }
  }

  static func chunks(_ keys: [TimerKey]) -> [[TimerKey]] {
    stride(from: 0, to: keys.count, by: keyLimit).map { Array(keys[$0..<min($0 + keyLimit, keys.count)]) }
  }

  /// Keys as the list of a statement.
  static func list(of keys: some Sequence<TimerKey>) -> MySQLValue {
    .list(keys.map { .list(MySQLValue.key($0)) })
  }

  /// The queries by which claims are judged. After those that lock, so that the time is not older than what they waited for.
  func judging(_ session: MySQLSession) -> [MySQLQuery] {
    [setNow(session), MySQLQuery(.now), MySQLQuery(.gone)]
  }
}
