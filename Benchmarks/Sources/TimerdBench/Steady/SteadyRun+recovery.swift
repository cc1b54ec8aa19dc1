extension SteadyRun {
  /// At the full rate, this share of a window's work is done this soon.
  private static let share = 0.95
  private static let soon = 100.0

  /// Returns the seconds after a second of the run until timers fire at the full rate again.
  func firingRecovery(after second: Double, within length: Double, _ bench: Bench) -> Double {
    Recovery.seconds(within: length) { offset in
      let begin = second + offset
      // What was not acknowledged does not have to fire.
      let timers = due(begin..<begin + Recovery.window).filter { load.outcome($0) == .created }
      return isMost(
        timers.count { bench.receiver.copies($0) > 0 && lateness($0) <= Self.soon }, of: timers.count)
    }
  }

  /// Returns the seconds after a second of the run until timers are created at the full rate again.
  func creationRecovery(after second: Double, within length: Double) -> Double {
    Recovery.seconds(within: length) { offset in
      let begin = second + offset
      let timers = planned(begin..<begin + Recovery.window)
      let done = timers.count { load.outcome($0) == .created && Double(load.latency($0)) / 1000 <= Self.soon }
      return isMost(done, of: timers.count)
    }
  }

  private func isMost(_ number: Int, of all: Int) -> Bool { Double(number) >= Double(all) * Self.share }
}
