import TimerModel

/// Timers as they come in the macro benchmarks: a payload of 100 bytes, a callback on this machine, no retry policy of their own.
enum Sample {
  /// The time of all that happens.
  static let now = Timestamp(milliseconds: 1_800_000_000_000)
  static let node = NodeID("node-1-5f3a9c")
  static let payload = Array(#"{"order":4711,"text":"\#(String(repeating: "x", count: 72))"}"#.utf8)

  /// The body of a creation.
  static let body = Array(
    #"{"id":"order-0000017","executeAt":"2027-01-15T08:00:00.000Z","callbackUrl":"http://127.0.0.1:9090/callbacks","payload":\#(String(decoding: payload, as: UTF8.self))}"#
      .utf8)

  static func key(_ number: Int) -> TimerKey {
    let digits = String(1_000_000 + number).dropFirst()
    return TimerKey(groupID: "orders", timerID: "order-0\(digits)")
  }

  static func create(_ number: Int) -> CreateTimer {
    CreateTimer(
      key: key(number),
      definition: TimerDefinition(
        executeAt: now, destination: .http(HTTPDestination(url: "http://127.0.0.1:9090/callbacks")),
        payload: payload),
      traceContext: nil, firingID: FiringID(high: 0x9e37_79b9, low: UInt64(number)))
  }

  static func scheduled(_ number: Int) -> Timer {
    Timer(creating: create(number), at: now - .seconds(60))
  }

  /// A timer that this node has claimed.
  static func claimed(_ number: Int) -> Timer {
    var timer = scheduled(number)
    timer.attempt = 1
    timer.claimNumber = 1
    timer.claim = Claim(node: node, deadline: now + .seconds(45))
    return timer
  }

  static func due(_ number: Int, at dueAt: Timestamp = now) -> DueEntry {
    let key = key(number)
    return DueEntry(key: key, shard: Shard.of(key, count: Shard.defaultCount), dueAt: dueAt)
  }

  /// Scatters what would come in the order of keys, the same way each time.
  static func scattered<Element>(_ count: Int, _ make: (Int) -> Element) -> [Element] {
    (0..<count).map { make($0 * 7919 % count) }
  }
}
