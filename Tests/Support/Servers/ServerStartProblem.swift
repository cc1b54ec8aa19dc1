/// A server ended before it answered.
package struct ServerStartProblem: Error, CustomStringConvertible {
  /// The server, and its log.
  package let description: String
}
