/// Why a Redis server did not do what a test wanted of it.
public struct RedisServerProblem: Error, CustomStringConvertible {
  /// In words.
  public let description: String
}
