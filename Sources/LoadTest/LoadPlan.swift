import JSONBytes
package import TimerModel
import TimerWire

/// The plan of a load test: creations at a fixed pace, each timer due a fixed time after its creation.
package struct LoadPlan: Hashable, Sendable {
  /// The service, such as `http://127.0.0.1:8080`, with a prefix of its paths if there is one.
  package var target: String
  /// The number of creations per second, evenly spaced; not 0.
  package var rate: Int
  /// For how long timers are created.
  package var duration: Duration = .seconds(10)
  /// The time from the planned creation of a timer to its due time.
  package var lead: Duration = .seconds(5)
  /// The time after the last due time for which the test waits for timers.
  package var patience: Duration = .seconds(30)
  /// The size of the payload's JSON text, in bytes; at least 2.
  package var payloadBytes = 100
  /// The maximum number of connections to the service.
  package var connections = 64
  /// Names this run, so that no timer of an earlier one is taken for one of this.
  package var run = "\(FiringID.random())"

  package init(target: String, rate: Int) {
    self.target = target
    self.rate = rate
  }

  /// The number of timers to create.
  package var count: Int { max(1, Int(duration.microseconds) * rate / 1_000_000) }

  /// Returns the planned time of a creation, in microseconds after the start.
  package func sendOffset(_ number: Int) -> Int64 { Int64(number) * 1_000_000 / Int64(rate) }

  /// Returns the due time of a timer, in whole milliseconds as the service takes them.
  ///
  /// - Parameter start: the wall clock at the start of the run, in microseconds.
  package func executeAt(_ number: Int, start: Int64) -> Timestamp {
    Timestamp(milliseconds: (start + sendOffset(number) + lead.microseconds) / 1000)
  }

  /// The URL at which timers are created.
  var timersURL: String { "\(target)/groups/bench-\(run)/timers" }

  /// The body of a creation; the callback's path is the timer's number.
  func body(_ number: Int, start: Int64, callbackURL: String) -> [UInt8] {
    var json = JSONWriter(capacity: 200 + payloadBytes)
    json.object { json in
      json.member("id", "\(number)")
      json.member("executeAt", executeAt(number, start: start))
      json.member("callbackUrl", "\(callbackURL)/\(number)")
      json.member("payload", String(repeating: "x", count: max(0, payloadBytes - 2)))
    }
    return json.finish()
  }
}
