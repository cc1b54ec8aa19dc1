/// The time from an interruption until work is done at the full rate again.
enum Recovery {
  /// The length of the windows of time that are looked at, in seconds.
  static let window = 0.1
  /// An interruption shows itself within this many windows, or it had no effect.
  private static let beginning = 30
  /// So many windows at the full rate, one after another, are the end of it.
  private static let enough = 10

  /// Returns the seconds from an interruption until all windows of a second have the full rate again; 0 if none has less after it.
  ///
  /// - Parameter length: the seconds to look at, and the result if the full rate does not return within them.
  /// - Parameter isFull: tells whether the window that begins so many seconds after the interruption has the full rate.
  static func seconds(within length: Double, isFull: (Double) -> Bool) -> Double {
    let windows = (0..<max(0, Int(length / window))).map { isFull(Double($0) * window) }
    guard let short = windows.prefix(beginning).firstIndex(of: false) else { return 0 }
    var full = 0
    for (place, isFull) in windows.enumerated().dropFirst(short + 1) {
      full = isFull ? full + 1 : 0
      if full == enough { return Double(place + 1 - enough) * window }
    }
    return length
  }
}
