import DequeModule
import TimerModel

/// What Delivery knows of one receiver while it holds timers for it.
struct Origin {
  /// How many attempts run.
  var running = 0
  /// Timers whose moment has come, and that wait for a place.
  var waiting: Deque<HeldID> = []
  /// When an answer came last, or since when there has been something to answer; on the monotonic clock.
  var lastSign: Int64
  /// For how long the next timer that steps aside from a silent origin stays away.
  var deferral: Duration
  /// How long an answer takes, as a moving average in microseconds; zero until there was one.
  var latency: Int64 = 0

  var isIdle: Bool { running == 0 && waiting.isEmpty }

  /// Lets a timer wait whose moment has come; says whether it is the only one.
  mutating func wait(_ id: HeldID, _ now: Moment) -> Bool {
    if isIdle { lastSign = now.monotonicMicroseconds }
    waiting.append(id)
    return waiting.count == 1
  }

  /// Notes an answer that took so many microseconds.
  mutating func answered(after microseconds: Int64, now: Moment, deferral: Duration) {
    lastSign = now.monotonicMicroseconds
    latency = latency == 0 ? microseconds : (latency * 4 + microseconds) / 5
    self.deferral = deferral
  }

  /// Whether nothing has been answered for `patience`, and for twice the usual time.
  func isSilent(_ now: Moment, patience: Duration) -> Bool {
    now.monotonicMicroseconds - lastSign > max(patience.microseconds, latency * 2)
  }

  /// How long the timer at `position` of those that wait will wait, at the pace of the answers so far.
  func expectedWait(at position: Int) -> Duration {
    .microseconds(latency * Int64(position) / Int64(max(running, 1)))
  }

  /// How many timers wait no longer than `duration`, at the same pace.
  func positions(within duration: Duration) -> Int {
    latency == 0 ? .max : Int(duration.microseconds * Int64(max(running, 1)) / latency)
  }
}

extension Destination {
  var isKafka: Bool {
    if case .kafka = self { true } else { false }
  }

  /// What timers share that compete for the same receiver.
  var originName: String {
    switch self {
    case .http(let http):
      // The URL was checked when the timer was created, so that the text before the path says it all: up to the third slash.
      var slashes = 0
      let end = http.url.utf8.firstIndex { byte in
        if byte == UInt8(ascii: "/") { slashes += 1 }
        return slashes == 3 || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
      }
      let origin = http.url[..<(end ?? http.url.endIndex)]
      // Most are written in small letters, and lowering these would cost more than all else that is done with a timer here.
      let hasCapitals = origin.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
      return hasCapitals ? origin.lowercased() : String(origin)
    case .kafka(let kafka): return "kafka:" + kafka.topic
    }
  }
}
