import JSONBytes

/// The findings of a load test.
package struct LoadReport: Hashable, Sendable {
  /// The median, higher percentiles and the maximum of some times, in milliseconds; 0 if there are none.
  package struct Summary: Hashable, Sendable {
    package var p50: Double
    package var p90: Double
    package var p99: Double
    package var p999: Double
    package var max: Double
  }

  /// The plan that was carried out.
  package var plan: LoadPlan
  /// Timers whose creation was acknowledged.
  package var created: Int
  /// Creations that were answered with an error.
  package var refused: Int
  /// Creations that got no answer.
  package var failed: Int
  /// Timers of which a callback arrived, acknowledged or not.
  package var fired: Int
  /// Timers that were acknowledged and did not fire.
  package var lost: Int
  /// Callbacks before their time, by this machine's clock.
  package var early: Int
  /// Callbacks beyond the first of a timer.
  package var copies: Int
  /// From the planned moment of a creation to its answer.
  package var creationLatency: Summary
  /// From `executeAt` to the arrival of the callback, by this machine's clock.
  package var lateness: Summary

  /// True if all that was promised was kept: nothing lost, early or doubled, and nothing refused.
  package var isGood: Bool { lost == 0 && early == 0 && copies == 0 && refused == 0 && failed == 0 }

  /// The report for people.
  package var text: String {
    """
    created   \(created) of \(plan.count) at \(plan.rate)/s; refused \(refused), unanswered \(failed)
    fired     \(fired); lost \(lost), early \(early), doubled \(copies)
    create    \(Self.line(creationLatency))
    lateness  \(Self.line(lateness))
    verdict   \(isGood ? "good" : "not good")
    """
  }

  /// The report for programs.
  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("target", plan.target)
      json.member("ratePerSecond", plan.rate)
      json.member("timers", plan.count)
      for (name, value) in counts {
        json.name(text: name)
        json.integer(value)
      }
      json.name("creationLatencyMilliseconds")
      Self.write(creationLatency, to: &json)
      json.name("latenessMilliseconds")
      Self.write(lateness, to: &json)
      json.member("isGood", isGood)
    }
    return json.text
  }

  private var counts: [(String, Int)] {
    [
      ("created", created), ("refused", refused), ("unanswered", failed), ("fired", fired), ("lost", lost),
      ("early", early), ("doubled", copies),
    ]
  }

  private static func line(_ summary: Summary) -> String {
    "p50 \(summary.p50) ms, p90 \(summary.p90) ms, p99 \(summary.p99) ms, p99.9 \(summary.p999) ms, max \(summary.max) ms"
  }

  private static func write(_ summary: Summary, to json: inout JSONWriter) {
    let values = [
      ("p50", summary.p50), ("p90", summary.p90), ("p99", summary.p99), ("p999", summary.p999),
      ("max", summary.max),
    ]
    json.object { json in
      for (name, value) in values {
        json.name(text: name)
        json.number(value)
      }
    }
  }
}
