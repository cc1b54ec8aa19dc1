import TimerModel

extension FuzzTarget {
  /// A date-time of RFC 3339.
  static let time = FuzzTarget(name: "time", maxBytes: 64) { bytes in
    guard let time = try? Timestamp(rfc3339: bytes.text) else { return }
    try BrokenRule.unless(
      (-62_200_000_000_000...253_402_400_000_000).contains(time.milliseconds),
      "\(time) is in no year of four digits")
    let again = try? Timestamp(rfc3339: time.rfc3339)
    let isInRange = (-62_167_219_200_000..<253_402_300_800_000).contains(time.milliseconds)
    try BrokenRule.unless(again == time || !isInRange, "\(time) is written as \(time.rfc3339)")
    let moment = Moment(
      storeMicroseconds: now.milliseconds * 1000, monotonic: MonotonicInstant(microseconds: 1_000_000))
    _ = moment.monotonic(at: time)
  }

  /// A duration such as `1m30s`.
  static let duration = FuzzTarget(name: "duration", maxBytes: 64) { bytes in
    guard let duration = Duration(text: bytes.text) else { return }
    try BrokenRule.unless(duration >= .zero, "\"\(bytes.text)\" is negative")
    try BrokenRule.unless(
      Duration(text: duration.text) == duration, "\(duration) is written as \(duration.text)")
    let moment = Moment(
      storeMicroseconds: now.milliseconds * 1000, monotonic: MonotonicInstant(microseconds: 1_000_000))
    try BrokenRule.unless(
      moment.monotonic + duration >= moment.monotonic, "\(duration) leads back")
    try BrokenRule.unless(now + duration >= now && now - duration <= now, "\(duration) leads astray")
  }
}
