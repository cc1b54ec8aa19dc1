/// A statement with a name, by which operators find it among those that run.
struct MySQLStatement: Sendable {
  let name: String
  /// Its SQL, with `?` for each parameter; a question mark stands for nothing else in it.
  let sql: String
}

/// A statement with its parameters.
package struct MySQLQuery: Sendable {
  let statement: MySQLStatement
  /// The parameters in the order of their question marks.
  package let parameters: [MySQLValue]

  init(_ statement: MySQLStatement, _ parameters: [MySQLValue] = []) {
    self.statement = statement
    self.parameters = parameters
  }

  /// The text that is sent: the name in a comment, then the statement with its parameters.
  package var text: [UInt8] {
    var text = Array("/*timerd \(statement.name)*/ ".utf8)
    var next = parameters.makeIterator()
    for byte in statement.sql.utf8 {
      if byte == UInt8(ascii: "?") {
        (next.next() ?? .null).append(to: &text)
      } else {
        text.append(byte)
      }
    }
    return text
  }
}
