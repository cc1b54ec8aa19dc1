import JSONBytes
import Testing
import TimerModel
import TimerTesting
import TimerWire

/// The messages that go out with what happens to a timer, field by field.
@Suite struct OutboxPolicyTests {
  private static let policy = OutboxPolicy(
    eventsTopic: "timer-events", deadLettersTopic: "timer-dead-letters", shardCount: 64)
  private static let now = Timestamp(milliseconds: 1_800_000_001_234)
  private static let key = TimerKey(groupID: "orders", timerID: "o-17")
  private static let payload = Array(#"{ "order" : 12345678901234567890.10 }"#.utf8)

  private static func claimed(destination: Destination) -> Timer {
    let definition = TimerDefinition(
      executeAt: now - .milliseconds(1234), destination: destination, payload: payload)
    let create = CreateTimer(
      key: key, definition: definition, firingID: FiringID(high: 0xa, low: 0xb))
    var timer = Timer(creating: create, at: now - .seconds(60))
    timer.revision = 3
    timer.attempts = [attempt(1, .failed, status: 503, error: "status 503")]
    timer.attempt = 1
    _ = timer.claim(for: NodeID("n"), lease: .seconds(45), dueThrough: now, at: StoreTime(now))
    return timer
  }

  private static let http = claimed(
    destination: .http(
      HTTPDestination(url: "http://example.com/", headers: [Header(name: "X", value: "\"1\"")])))
  private static let kafka = claimed(destination: .kafka(KafkaDestination(topic: "fired", key: "k")))

  private static func attempt(
    _ number: Int, _ result: AttemptRecord.Result, status: Int? = nil, error: String? = nil
  ) -> AttemptRecord {
    AttemptRecord(
      number: number, startedAt: now - .milliseconds(15), durationMilliseconds: 15, result: result,
      statusCode: status, error: error)
  }

  private static func messages(
    _ ending: Settlement.Ending, _ attempt: AttemptRecord?, of timer: Timer = http,
    policy: OutboxPolicy = policy
  ) -> [OutboxMessage] {
    var random = SeededGenerator(seed: 1)
    return policy.messages(
      for: Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: attempt), of: timer,
      at: now, random: &random)
  }

  private static func text(_ message: OutboxMessage?) -> String {
    String(decoding: message?.value ?? [], as: UTF8.self)
  }

  private static func header(_ name: String, _ message: OutboxMessage) -> String? {
    message.headers.first { $0.name == name }?.value
  }

  private static let about = """
    {"groupId":"orders","timerId":"o-17","at":"2027-01-15T08:00:01.234Z","revision":3,\
    "firingId":"000000000000000a000000000000000b","attempt":2
    """

  @Test func deliveryEmitsFiredEvent() {
    let messages = Self.messages(.delivered, Self.attempt(2, .delivered, status: 200))
    #expect(messages.map(\.topic) == ["timer-events"])
    #expect(Self.text(messages.first) == Self.about + #","statusCode":200}"#)
    #expect(messages.first.flatMap { Self.header("ce_type", $0) } == "dev.timerd.timer.fired")
  }

  @Test func rescheduleEmitsFiredEventWithNextTime() {
    let next = Settlement.Ending.rescheduled(at: Self.now + .seconds(60), firingID: .random())
    let messages = Self.messages(next, Self.attempt(2, .rescheduled, status: 200))
    #expect(messages.map { Self.header("ce_type", $0) } == ["dev.timerd.timer.fired"])
    // The firing is the one that was delivered, not the one to come.
    #expect(
      Self.text(messages.first) == Self.about
        + #","statusCode":200,"nextAttemptAt":"2027-01-15T08:01:01.234Z"}"#)
  }

  @Test func failureEmitsRetriedEvent() {
    let record = Self.attempt(2, .failed, error: "connection \"refused\"")
    let messages = Self.messages(.retry(at: Self.now + .seconds(2)), record)
    #expect(messages.map { Self.header("ce_type", $0) } == ["dev.timerd.timer.retried"])
    #expect(
      Self.text(messages.first) == Self.about
        + #","error":"connection \"refused\"","nextAttemptAt":"2027-01-15T08:00:03.234Z"}"#)
  }

  @Test func releaseEmitsNothing() {
    #expect(Self.messages(.released(dueAt: Self.now), nil) == [])
  }

  @Test func deadTimerEmitsEventAndDeadLetter() throws {
    let messages = Self.messages(.dead, Self.attempt(2, .permanentFailure, status: 400, error: "status 400"))
    #expect(messages.map(\.topic) == ["timer-events", "timer-dead-letters"])
    #expect(
      messages.map { Self.header("ce_type", $0) } == [
        "dev.timerd.timer.dead-lettered", "dev.timerd.timer.dead-letter",
      ])
    #expect(Self.text(messages[0]) == Self.about + #","statusCode":400,"error":"status 400"}"#)
    let first =
      #"{"attempt":1,"startedAt":"2027-01-15T08:00:01.219Z","durationMilliseconds":15,"result":"failed","#
      + #""statusCode":503,"error":"status 503"}"#
    let last =
      #"{"attempt":2,"startedAt":"2027-01-15T08:00:01.219Z","durationMilliseconds":15,"result":"refused","#
      + #""statusCode":400,"error":"status 400"}"#
    #expect(
      Self.text(messages[1])
        == #"{"groupId":"orders","timerId":"o-17","firingId":"000000000000000a000000000000000b","revision":3,"#
        + #""createdAt":"2027-01-15T07:59:01.234Z","executeAt":"2027-01-15T08:00:00.000Z","#
        + #""deadAt":"2027-01-15T08:00:01.234Z","#
        + #""destination":{"http":{"url":"http://example.com/","headers":{"X":"\"1\""}}},"#
        + #""payload":{ "order" : 12345678901234567890.10 },"attempts":2,"#
        + #""lastOutcome":\#(last),"attemptHistory":[\#(first),\#(last)]}"#)
    _ = try JSONText(messages[1].value ?? [], maxDepth: 8)
  }

  @Test func tagsGoOutWithEveryMessage() {
    var timer = Self.http
    timer.definition.tags = ["kind": "reminder", "customer": "42"]
    let messages = Self.messages(.dead, Self.attempt(2, .permanentFailure, status: 400), of: timer)
    #expect(Self.text(messages.first).hasSuffix(#","tags":{"customer":"42","kind":"reminder"}}"#))
    #expect(
      Self.text(messages.last).contains(#","tags":{"customer":"42","kind":"reminder"},"payload":{ "#))
  }

  @Test func kafkaTimersEmitTheSameMessages() {
    let messages = Self.messages(
      .dead, Self.attempt(2, .permanentFailure, error: "unknown topic"), of: Self.kafka)
    #expect(messages.map(\.topic) == ["timer-events", "timer-dead-letters"])
    #expect(
      Self.text(messages.last).contains(#""destination":{"kafka":{"topic":"fired","key":"k"}},"payload":{ "#))
  }

  @Test func messagesAreCloudEvents() {
    let messages = Self.messages(.dead, Self.attempt(2, .permanentFailure, status: 400))
    for message in messages {
      #expect(Self.header("ce_specversion", message) == "1.0")
      #expect(Self.header("ce_id", message) == message.id.description)
      #expect(Self.header("ce_source", message) == "/timerd/groups/orders")
      #expect(Self.header("ce_subject", message) == "orders/o-17")
      #expect(Self.header("ce_time", message) == "2027-01-15T08:00:01.234Z")
      #expect(Self.header("content-type", message) == "application/json")
      #expect(message.key == Array("orders/o-17".utf8))
      #expect(message.shard == Shard.of(Self.key, count: 64))
    }
    #expect(Set(messages.map(\.id)).count == 2)
  }

  @Test func cancelEmitsEventWithRevision() {
    let cancel = TimerCommand.cancel(CancelTimer(key: Self.key, ifRevision: 3))
    guard case .cancel(let told) = Self.policy.attachingMessages(to: cancel, at: Self.now) else {
      Issue.record("a cancel stays a cancel")
      return
    }
    #expect(told.key == Self.key && told.ifRevision == 3 && told.messages.count == 1)
    #expect(
      Self.text(told.messages.first)
        == #"{"groupId":"orders","timerId":"o-17","at":"2027-01-15T08:00:01.234Z","revision":3}"#)
    #expect(told.messages.first.flatMap { Self.header("ce_type", $0) } == "dev.timerd.timer.cancelled")
    // What has its messages keeps them, so that a repetition tells of the same event.
    #expect(Self.policy.attachingMessages(to: .cancel(told), at: Self.now + .seconds(1)) == .cancel(told))
  }

  @Test func disabledPolicyEmitsNothing() {
    let off = OutboxPolicy(eventsTopic: nil, deadLettersTopic: nil, shardCount: 64)
    let record = Self.attempt(2, .permanentFailure, status: 400)
    for ending in [.delivered, .dead, .retry(at: Self.now)] as [Settlement.Ending] {
      #expect(Self.messages(ending, record, policy: off) == [])
    }
    let cancel = TimerCommand.cancel(CancelTimer(key: Self.key))
    #expect(off.attachingMessages(to: cancel, at: Self.now) == cancel)
    var letters = off
    letters.deadLettersTopic = "letters"
    #expect(Self.messages(.delivered, record, policy: letters) == [])
    #expect(Self.messages(.dead, record, policy: letters).map(\.topic) == ["letters"])
    #expect(letters.attachingMessages(to: cancel, at: Self.now) == cancel)
  }

  @Test func creationsEmitNothing() {
    let create = TimerCommand.create(CreateTimer(key: Self.key, definition: Self.http.definition))
    #expect(Self.policy.attachingMessages(to: create, at: Self.now) == create)
  }
}
