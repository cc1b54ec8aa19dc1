/// A Redis server did not do as a test expected.
public struct RedisServerProblem: Error, CustomStringConvertible {
  /// In words.
  public let description: String
}
