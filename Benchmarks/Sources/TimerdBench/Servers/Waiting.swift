import Foundation

/// Waiting for other processes, which say nothing by themselves.
enum Waiting {
  static func until(
    _ what: String, within seconds: Double, every microseconds: UInt32 = 20_000,
    _ condition: () throws -> Bool
  ) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while try !condition() {
      guard Date() < deadline else { throw BenchError("after \(seconds) s it is not so that \(what)") }
      usleep(microseconds)
    }
  }

  /// Sleeps until a time of the wall clock, in milliseconds.
  static func sleep(until milliseconds: Int64) {
    Thread.sleep(forTimeInterval: Double(max(0, milliseconds - Bench.nowMilliseconds())) / 1000)
  }
}
