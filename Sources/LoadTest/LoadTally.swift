import Histogram
import TimerModel

/// The results of a load test so far; a value that the run feeds.
package struct LoadTally: Sendable {
  /// The answer to a creation.
  enum Answer: UInt8 {
    case none, created, refused, failed
  }

  let plan: LoadPlan
  /// The wall clock at the start, in microseconds.
  let start: Int64
  private var answers: [Answer]
  private var arrivals: [UInt16]
  private var created = 0
  private var refused = 0
  private var failed = 0
  private var fired = 0
  private var firedOfCreated = 0
  private var early = 0
  private var copies = 0
  private var creation = Distribution()
  private var lateness = Distribution()

  /// Creates a tally of a run that started at `start`, the wall clock in microseconds.
  package init(plan: LoadPlan, start: Int64) {
    self.plan = plan
    self.start = start
    answers = Array(repeating: .none, count: plan.count)
    arrivals = Array(repeating: 0, count: plan.count)
  }

  /// Takes note of the end of a creation.
  ///
  /// - Parameters:
  ///   - status: of the answer; nil if none came.
  ///   - moment: microseconds after the start. The latency counts from the planned moment and not from the one of sending: what a
  ///     slow service keeps waiting has waited.
  package mutating func answered(_ number: Int, status: Int?, at moment: Int64) {
    guard answers.indices.contains(number), answers[number] == .none else { return }
    switch status {
    case 200?, 201?:
      answers[number] = .created
      created += 1
      if arrivals[number] > 0 { firedOfCreated += 1 }
      creation.record(microseconds: moment - plan.sendOffset(number))
    case .some:
      answers[number] = .refused
      refused += 1
    case nil:
      answers[number] = .failed
      failed += 1
    }
  }

  /// Takes note of a callback that arrived at `moment`, the wall clock in microseconds.
  package mutating func arrived(_ number: Int, at moment: Int64) {
    guard arrivals.indices.contains(number) else { return }
    let late = moment - plan.executeAt(number, start: start).milliseconds * 1000
    if late < 0 { early += 1 }
    if arrivals[number] == 0 {
      fired += 1
      if answers[number] == .created { firedOfCreated += 1 }
      lateness.record(microseconds: late)
    } else {
      copies += 1
    }
    if arrivals[number] < .max { arrivals[number] += 1 }
  }

  /// The number of creations that have ended.
  package var answeredCount: Int { created + refused + failed }

  /// True if nothing is to be waited for any more.
  package var isComplete: Bool { answeredCount == plan.count && firedOfCreated == created }

  /// The results so far; a timer that has yet to fire counts as lost.
  package var report: LoadReport {
    LoadReport(
      plan: plan, created: created, refused: refused, failed: failed, fired: fired,
      lost: created - firedOfCreated, early: early, copies: copies, creationLatency: creation.summary,
      lateness: lateness.summary)
  }
}

/// A histogram of times, with three digits of precision.
private struct Distribution: Sendable {
  private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)

  init() { histogram.autoResize = true }

  /// Negative times count as zero.
  mutating func record(microseconds: Int64) { histogram.record(UInt64(max(0, microseconds))) }

  var summary: LoadReport.Summary {
    func milliseconds(_ percentile: Double) -> Double {
      histogram.totalCount == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / 1000
    }
    return LoadReport.Summary(
      p50: milliseconds(50), p90: milliseconds(90), p99: milliseconds(99), p999: milliseconds(99.9),
      max: milliseconds(100))
  }
}
