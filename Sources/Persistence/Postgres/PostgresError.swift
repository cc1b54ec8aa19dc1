import Persistence

/// An error of PostgreSQL or libpq; the cause of a `StoreError`.
package struct PostgresError: ServerError, Sendable, CustomStringConvertible {
  /// The five characters of the SQLSTATE; nil for what libpq itself reports.
  package var sqlState: String?
  /// A description of the error.
  package var message: String
  /// True if the connection is lost with it.
  package var endsConnection: Bool

  init(sqlState: String? = nil, _ message: String, endsConnection: Bool = false) {
    self.sqlState = sqlState
    self.message = message
    self.endsConnection = endsConnection
  }

  /// The SQLSTATE, if there is one, and the message.
  package var description: String { sqlState.map { "SQLSTATE \($0): \(message)" } ?? message }
}
