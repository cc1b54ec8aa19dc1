/// A record of which timers have fired, each by its position in the load.
protocol Arrivals {
  /// The number of timers that came at least once.
  var distinct: Int { get }
  /// Returns the first arrival of a timer, in microseconds of the wall clock.
  func arrival(_ index: Int) -> Int64
  /// Returns the number of times a timer came.
  func copies(_ index: Int) -> Int
}
