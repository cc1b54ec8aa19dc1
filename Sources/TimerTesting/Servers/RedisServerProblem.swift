/// A Redis server did not do as a test expected.
package struct RedisServerProblem: Error, CustomStringConvertible {
  /// In words.
  package let description: String
}
