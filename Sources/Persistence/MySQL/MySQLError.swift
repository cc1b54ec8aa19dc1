import Persistence

/// An error of MySQL or of its client library; the cause of a `StoreError`.
package struct MySQLError: ServerError, Sendable, CustomStringConvertible {
  /// The number of the error; nil for what this side reports.
  package var number: Int?
  /// A description of the error.
  package var message: String
  /// True if the connection is lost with it.
  package var endsConnection: Bool

  /// Creates an error; one of the client library always ends the connection.
  init(number: Int? = nil, _ message: String, endsConnection: Bool = false) {
    self.number = number
    self.message = message
    self.endsConnection = endsConnection || number.map(Self.isFatal) ?? false
  }

  /// The number, if there is one, and the message.
  package var description: String { number.map { "error \($0): \(message)" } ?? message }
}
