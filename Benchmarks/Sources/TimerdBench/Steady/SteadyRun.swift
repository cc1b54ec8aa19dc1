import Foundation

/// A steady load on a site: as many creations per second as firings, once the first timers are due.
final class SteadyRun {
  static let perSecond = 1_500
  /// From the planned creation of a timer to its due time, in seconds.
  static let lead = 5.0

  let name: String
  let seconds: Double
  let load: SteadyLoad
  private let bench: Bench

  /// Starts a load that creates timers for so many seconds.
  init(_ name: String, seconds: Double, on site: Site, _ bench: Bench) throws {
    self.name = name
    self.seconds = seconds
    self.bench = bench
    let count = max(1, Int(seconds * Double(Self.perSecond)))
    bench.receiver.expect(count)
    load = try SteadyLoad(
      count: count, perSecond: Self.perSecond, leadMilliseconds: Int64(Self.lead * 1000),
      randomIDs: bench.options.randomIDs, on: site.timerd, receiver: bench.receiver)
  }

  /// The seconds of the run in which timers are both created and due.
  var both: Range<Double> { Self.lead..<max(Self.lead, seconds) }

  /// Sleeps until a second of the run.
  func sleep(until second: Double) { Waiting.sleep(until: moment(second) / 1000) }

  /// Waits until all timers have been created and have fired, checks that each came once and none early, and reports the CPU of all.
  ///
  /// - Parameter quiet: for how many seconds after the last due time a timer may still be repeated.
  /// - Parameter mayRepeat: true if a repeated delivery does not break a promise.
  func finish(quiet: Double = 1, mayRepeat: Bool = false) throws {
    try Waiting.until("all creations of \(name) have ended", within: seconds + 60, every: 100_000) {
      load.ended == load.count
    }
    sleep(until: seconds + Self.lead + quiet)
    let latest = Date().addingTimeInterval(60)
    var lost = missing()
    while lost > 0, Date() < latest {
      usleep(500_000)
      lost = missing()
    }
    reportAnswers()
    let receiver = bench.receiver
    let all = 0..<load.count
    let doubled = all.count { receiver.copies($0) > 1 }
    let early = all.count { receiver.copies($0) > 0 && lateness($0) < 0 }
    bench.judge(name, lost: lost, doubled: doubled, early: early, mayRepeat: mayRepeat)
  }

  /// Returns the number of timers whose creation was acknowledged and that did not come.
  private func missing() -> Int {
    (0..<load.count).count { load.outcome($0) == .created && bench.receiver.copies($0) == 0 }
  }

  private func reportAnswers() {
    let all = 0..<load.count
    let refused = all.count { load.outcome($0) == .refused }
    let unanswered = all.count { load.outcome($0) == .unanswered }
    bench.report.add("\(name): creations refused", Double(refused), "timers", isCost: true)
    bench.report.add("\(name): creations unanswered", Double(unanswered), "timers", isCost: true)
    bench.report.add(
      "\(name): CPU of client per 100,000", load.cpuSeconds * 1e5 / Double(load.count), "s", isCost: true)
  }
}

// The results of a run that has ended, by seconds of the run.
extension SteadyRun {
  /// Returns a moment of the run, in microseconds of the wall clock.
  func moment(_ second: Double) -> Int64 { load.plannedAt(0) + Int64(second * 1e6) }

  /// Returns the timers whose creation was planned in these seconds.
  func planned(_ seconds: Range<Double>) -> Range<Int> {
    let first = place(seconds.lowerBound)
    return first..<max(first, place(seconds.upperBound))
  }

  /// Returns the timers that were due in these seconds.
  func due(_ seconds: Range<Double>) -> Range<Int> {
    planned(seconds.lowerBound - Self.lead..<seconds.upperBound - Self.lead)
  }

  /// Returns how late a timer was, in milliseconds.
  func lateness(_ index: Int) -> Double {
    Double(bench.receiver.arrival(index) - load.dueAt(index) * 1000) / 1000
  }

  /// Returns how late the timers were that were due in these seconds, in milliseconds.
  func lateness(in seconds: Range<Double>) -> Percentiles {
    Percentiles(due(seconds).filter { bench.receiver.copies($0) > 0 }.map { lateness($0) })
  }

  /// Returns the time from the planned moment of a creation to its answer, in milliseconds.
  func latency(in seconds: Range<Double>) -> Percentiles {
    Percentiles(
      planned(seconds).filter { load.outcome($0) == .created }.map { Double(load.latency($0)) / 1000 })
  }

  /// Returns the number of timers that came in these seconds.
  func fired(in seconds: Range<Double>) -> Int {
    let moments = moment(seconds.lowerBound)..<moment(seconds.upperBound)
    return (0..<load.count).count { moments.contains(bench.receiver.arrival($0)) }
  }

  /// Returns the number of creations that were acknowledged in these seconds.
  func created(in seconds: Range<Double>) -> Int {
    let moments = moment(seconds.lowerBound)..<moment(seconds.upperBound)
    return (0..<load.count).count {
      load.outcome($0) == .created && moments.contains(load.plannedAt($0) + load.latency($0))
    }
  }

  /// Reports the rates and times of these seconds.
  ///
  /// - Returns: creations and firings per second.
  @discardableResult
  func report(_ name: String, in seconds: Range<Double>) -> (created: Double, fired: Double) {
    let length = seconds.upperBound - seconds.lowerBound
    let rates = (created: Double(created(in: seconds)) / length, fired: Double(fired(in: seconds)) / length)
    bench.report.add("\(name): creations", rates.created, "/s")
    bench.report.add("\(name): fired", rates.fired, "/s")
    bench.report.add("\(name): creation latency", latency(in: seconds))
    bench.report.add("\(name): lateness", lateness(in: seconds))
    return rates
  }

  private func place(_ second: Double) -> Int {
    min(load.count, max(0, Int((second * Double(Self.perSecond)).rounded(.up))))
  }
}
