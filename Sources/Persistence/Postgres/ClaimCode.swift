/// The number by which the statement `claim` reports its verdict on a timer. No row keeps it.
enum ClaimCode: Int16, CaseIterable, Sendable {
  /// The timer is claimed; inside the statement, before the payload budget is spent: it can be claimed.
  case claimed = 0
  /// The node is gone, and claims nothing. The row that reports on the request casts true to this number, and false to that of
  /// `claimed`.
  case nodeIsGone = 1
  /// The life of the timer is over.
  case gone = 2
  /// Another claim is held.
  case held = 3
  case notYetDue = 4
  /// The payload budget of the request was used up.
  case overBudget = 5
}

extension ClaimCode: CustomStringConvertible {
  /// The number, as it stands in the text of a statement.
  var description: String { "\(rawValue)" }
}
