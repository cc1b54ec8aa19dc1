import Testing
import TimerModel
import TimerWire

/// Null removes what is optional, and returns to the default what has one.
@Suite struct CommandNullTests {
  private static let now = CommandDecoderTests.now
  private let decoder = CommandDecoder(kafkaTopic: "timer-fired")

  private func create(_ members: String) throws -> TimerDefinition {
    let body = "{\"id\":\"a\",\"executeAt\":\"2026-12-01T00:00:00Z\",\(members)}"
    return try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now).definition
  }

  private func update(_ body: String) throws -> UpdateTimer {
    try decoder.decodeUpdate(body: Array(body.utf8), groupID: "g", timerID: "a", now: Self.now)
  }

  @Test(arguments: [
    "\"payload\":null", "\"payload\": null ,\"retryPolicy\":null", "\"callbackTimeoutSeconds\":null",
    "\"retryPolicy\":{}", "\"retryPolicy\":{\"maxAttempts\":null,\"maxInterval\":null}",
    "\"destination\":null",
  ])
  func nullEqualsAbsence(members: String) throws {
    let url = "\"callbackUrl\":\"http://a/\""
    #expect(try create("\(url),\(members)").isEquivalent(to: create(url)))
    #expect(try create(url).isEquivalent(to: create("\(members),\(url)")))
  }

  @Test(arguments: [
    "{\"http\":{\"url\":\"http://a/\",\"headers\":null},\"kafka\":null}",
    "{\"http\":{\"url\":\"http://a/\",\"headers\":{}}}",
  ])
  func nullInDestinationEqualsAbsence(destination: String) throws {
    #expect(
      try create("\"destination\":\(destination)").isEquivalent(to: create("\"callbackUrl\":\"http://a/\"")))
  }

  @Test func nullRemovesPayloadIdempotently() throws {
    for payload in ["1", "null", "\"x\""] {
      let definition = try create("\"callbackUrl\":\"http://a/\",\"payload\":\(payload)")
      let creation = CreateTimer(key: TimerKey(groupID: "g", timerID: "a"), definition: definition)
      var timer: Timer? = Timer(creating: creation, at: Self.now)
      let result = Timer.apply(.update(try update("{\"payload\":null}")), to: &timer, at: StoreTime(Self.now))
      #expect(timer?.definition.payload == nil)
      #expect(timer?.revision == (payload == "null" ? 1 : 2))
      if payload == "null", case .unchanged = result {} else { #expect(payload != "null") }
      let again = Timer.apply(.update(try update("{\"payload\":null}")), to: &timer, at: StoreTime(Self.now))
      if let timer { #expect(again == .unchanged(timer)) }
    }
  }

  /// Versions before this one kept null as a payload of four bytes.
  @Test func storedNullPayloadEqualsAbsence() throws {
    var old = try create("\"callbackUrl\":\"http://a/\"")
    old.payload = Array("null".utf8)
    #expect(old.isEquivalent(to: try create("\"callbackUrl\":\"http://a/\"")))
  }

  @Test func nullRestoresDefaults() throws {
    let changes = try update("{\"retryPolicy\":null,\"callbackTimeoutSeconds\":null}").changes
    #expect(changes.retryPolicy == .some(nil) && changes.callbackTimeoutSeconds == .some(nil))
    #expect(changes.payload == nil && changes.executeAt == nil && changes.destination == nil)
  }

  @Test(arguments: ["executeAt", "callbackUrl", "destination"])
  func requiredMembersCannotBeRemoved(member: String) {
    #expect {
      try update("{\"\(member)\":null}")
    } throws: { error in
      guard case .invalid(let violations)? = error as? CommandError else { return false }
      return violations.map(\.pointer) == ["#/\(member)"]
    }
  }

  @Test func headerOrderIsIgnored() throws {
    func http(_ headers: String) throws -> TimerDefinition {
      try create("\"destination\":{\"http\":{\"url\":\"http://a/\",\"headers\":{\(headers)}}}")
    }
    #expect(try http("\"a\":\"1\",\"b\":\"2\"").isEquivalent(to: http("\"b\":\"2\",\"a\":\"1\"")))
    #expect(try !http("\"a\":\"1\",\"b\":\"2\"").isEquivalent(to: http("\"a\":\"2\",\"b\":\"1\"")))
  }

  /// Two nodes while the operator's defaults change.
  @Test func nodeDefaultsAreNotCompared() throws {
    var defaults = RetryPolicy.standard
    defaults.maxAttempts = 20
    defaults.initialInterval = .seconds(7)
    let other = CommandDecoder(defaultRetryPolicy: defaults, kafkaTopic: "elsewhere")
    for members in [
      "\"callbackUrl\":\"http://a/\",\"retryPolicy\":{\"backoffMultiplier\":3}",
      "\"callbackUrl\":\"http://a/\",\"retryPolicy\":{}", "\"destination\":{\"kafka\":{}}",
      "\"destination\":{\"kafka\":{\"topic\":null,\"key\":\"k\"}}",
    ] {
      let body = "{\"id\":\"a\",\"executeAt\":\"2026-12-01T00:00:00Z\",\(members)}"
      let there = try other.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now).definition
      #expect(there != (try create(members)))
      #expect(there.isEquivalent(to: try create(members)))
    }
    #expect(
      try !create("\"callbackUrl\":\"http://a/\",\"retryPolicy\":{\"maxAttempts\":3}").isEquivalent(
        to: create("\"callbackUrl\":\"http://a/\",\"retryPolicy\":{\"maxAttempts\":4}")))
  }
}
