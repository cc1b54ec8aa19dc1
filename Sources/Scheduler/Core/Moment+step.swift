import TimerModel

extension Moment {
  /// True if the store's clock was stepped between an earlier moment and this one: it advanced by more than 0.5 s more or less than the
  /// monotonic clock.
  func isStepped(since earlier: Moment) -> Bool {
    guard earlier.monotonic > .distantPast else { return false }
    let storeElapsed = storeMicroseconds - earlier.storeMicroseconds
    return abs(storeElapsed - monotonic.microseconds(since: earlier.monotonic)) > 500_000
  }
}
