/// One hot function with what it works on: what the micro benchmarks time and the guard counts.
public struct BenchmarkCase: Sendable {
  /// One run of the function. What it returns depends on all that it did, so that nothing of it can be left out.
  public typealias Iteration = () async throws -> Int

  /// Its name, on command lines and in `Guard/thresholds.json`.
  public let name: String
  /// The number of timers that one iteration is for; figures are per timer.
  public let timers: Int
  /// Prepares what all iterations share. Every iteration leaves it as it was, so that the second costs what the hundredth costs.
  public let prepare: @Sendable () async throws -> Iteration

  init(_ name: String, timers: Int = 1, prepare: @escaping @Sendable () async throws -> Iteration) {
    self.name = name
    self.timers = timers
    self.prepare = prepare
  }

  /// All cases, in the order in which a timer meets them.
  public static let all: [BenchmarkCase] = [
    decodeCreate, decodeCommand, buildInsertion, encodeTimer, useIndex, stepScheduler, stepDelivery,
    encodeCallback, readAnswer, buildSettlement,
  ]
}
