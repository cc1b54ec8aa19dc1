/// A statement that each connection prepares once, when it first needs it.
struct PostgresStatement: Sendable {
  /// Its name on the server.
  let name: String
  /// Its SQL, with parameters as `$1`, `$2` and so on.
  let sql: String
}

/// A statement with its parameters.
package struct PostgresQuery: Sendable {
  let statement: PostgresStatement
  /// The parameters in the order of their numbers.
  package let parameters: [PostgresParameter]

  init(_ statement: PostgresStatement, _ parameters: [PostgresParameter] = []) {
    self.statement = statement
    self.parameters = parameters
  }
}
