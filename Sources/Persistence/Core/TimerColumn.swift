/// The columns of a timer's row, in the order in which a store selects them.
///
/// A store declares them once, as an enum whose raw values are the places in that order. The list for SELECT, the place of each
/// column when a row is read, and its name in an error then come from the same cases.
package protocol TimerColumn: CaseIterable, Sendable {
  /// The name of the column in the table.
  var name: StaticString { get }
}

extension TimerColumn {
  /// Returns the list for SELECT: the names in their order, each after `prefix`.
  package static func list(prefix: String = "") -> String {
    allCases.map { "\(prefix)\($0.name)" }.joined(separator: ", ")
  }
}
