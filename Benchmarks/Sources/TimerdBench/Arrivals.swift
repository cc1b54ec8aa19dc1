/// What has heard of timers that fired, each by its place in the load.
protocol Arrivals {
  /// How many came at least once.
  var distinct: Int { get }
  /// When one came first, in microseconds of the wall clock.
  func arrival(_ index: Int) -> Int64
  /// How often it came.
  func copies(_ index: Int) -> Int
}
