import DeliveryHTTP
import FoundationEssentials
import TestSupport
import Testing
import TimerModel

@Suite struct HTTPDeliveryTransportTests {
  @Test func sendsPayloadUnchanged() async throws {
    let receiver = try await HTTPReceiver.start()
    let payload = "{ \"z\" : 12345678901234567890.0, \"a\":[ ] }"
    let request = Self.request(receiver.url + "/path?q", payload: payload)
    let outcome = try await Self.attempt(request)
    #expect(outcome == AttemptOutcome(.delivered, statusCode: 200))
    let callback = try #require(receiver.callbacks.first)
    #expect(callback.firingID == request.timer.firingID.description)
    #expect(
      String(decoding: callback.body, as: UTF8.self)
        == "{\"groupId\":\"g\",\"timerId\":\"t\",\"executeAt\":\"2026-11-23T15:30:00.000Z\",\"attempt\":0,\"payload\":\(payload)}"
    )
    try await receiver.stop()
  }

  @Test func sendsTagsByName() async throws {
    let receiver = try await HTTPReceiver.start()
    let tags = ["kind": "reminder", "customer": "4\"2", "empty": ""]
    _ = try await Self.attempt(Self.request(receiver.url, payload: "[1]", tags: tags))
    let body = String(decoding: try #require(receiver.callbacks.first).body, as: UTF8.self)
    #expect(
      body.hasSuffix(
        #","attempt":0,"tags":{"customer":"4\"2","empty":"","kind":"reminder"},"payload":[1]}"#), "\(body)")
    try await receiver.stop()
  }

  @Test func hangingReceiverTimesOutAlone() async throws {
    let hanging = try await RawReceiver.start(bytes: "")
    let fine = try await HTTPReceiver.start()
    let outcomes = try await Self.running { transport in
      await withTaskGroup(of: AttemptOutcome.self) { group in
        group.addTask { await transport.attempt(Self.request(hanging.url, timeout: .seconds(1))) }
        // The one that answers ends first, although it was handed in behind the one that hangs.
        group.addTask { await transport.attempt(Self.request(fine.url)) }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(outcomes.map(\.kind) == [.delivered, .failed(retryAfter: nil)])
    #expect(outcomes.last?.error?.contains("Timeout") == true)
  }

  @Test(arguments: [
    (
      "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", AttemptOutcome.Kind.failed(retryAfter: nil), 500 as Int?
    ),
    ("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n", .permanentFailure, 404),
    (
      "HTTP/1.1 429 No\r\nRetry-After: 7\r\ncontent-length: 0\r\n\r\n",
      .failed(retryAfter: .delay(.seconds(7))), 429
    ),
    (
      "HTTP/1.1 301 No\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
      .failed(retryAfter: nil), 301
    ),
    ("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"ok\":false}", .failed(retryAfter: nil), 200),
    ("this is not HTTP at all\r\n\r\n", .failed(retryAfter: nil), nil),
  ])
  func responseDeterminesOutcome(bytes: String, kind: AttemptOutcome.Kind, status: Int?) async throws {
    let receiver = try await RawReceiver.start(bytes: bytes)
    let outcome = try await Self.attempt(Self.request(receiver.url, timeout: .seconds(5)))
    #expect(outcome.kind == kind)
    #expect(outcome.statusCode == status)
    try await receiver.stop()
  }

  @Test func endlessBodyCountsByStatus() async throws {
    let receiver = try await RawReceiver.start(
      bytes: "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n", isEndless: true)
    let outcome = try await Self.attempt(Self.request(receiver.url))
    #expect(outcome == AttemptOutcome(.delivered, statusCode: 200))
    try await receiver.stop()
  }

  @Test func endlessHeadersFail() async throws {
    let receiver = try await RawReceiver.start(bytes: "HTTP/1.1 200 OK\r\nx: ", isEndless: true)
    let outcome = try await Self.attempt(Self.request(receiver.url))
    #expect(outcome.kind == .failed(retryAfter: nil))
    try await receiver.stop()
    let lines = String(repeating: "x: y\r\n", count: 20_000)
    let many = try await RawReceiver.start(bytes: "HTTP/1.1 200 OK\r\n" + lines + "\r\n")
    let cut = try await Self.attempt(Self.request(many.url))
    #expect(cut.kind == .failed(retryAfter: nil))
    #expect(cut.error == "the answer has more than 65536 bytes of headers")
    try await many.stop()
  }

  @Test func connectionClosedWithoutResponseFails() async throws {
    let receiver = try await RawReceiver.start(bytes: "", closes: true)
    #expect(try await Self.attempt(Self.request(receiver.url)).kind == .failed(retryAfter: nil))
    try await receiver.stop()
  }

  @Test func refusedConnectionFails() async throws {
    let receiver = try await RawReceiver.start(bytes: "")
    let url = receiver.url
    try await receiver.stop()
    #expect(try await Self.attempt(Self.request(url)).kind == .failed(retryAfter: nil))
  }

  @Test(arguments: [
    "127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "localhost", "[::1]", "[::ffff:127.0.0.1]",
  ])
  func loopbackIsDeniedInEverySpelling(host: String) async throws {
    let receiver = try await HTTPReceiver.start()
    let port = try #require(URL(string: receiver.url)?.port)
    let outcome = try await Self.attempt(Self.request("http://\(host):\(port)/"), allowing: [])
    #expect(outcome.kind == .permanentFailure)
    #expect(outcome.error?.contains("is not allowed") == true)
    #expect(receiver.callbacks.isEmpty)
    try await receiver.stop()
  }

  /// A socket that is taken for one which had its number before is only looked at once a second, by the way: all of them together take longer
  /// than the limit then, and a moment otherwise.
  @Test(.timeLimit(.minutes(1)))
  func reusedSocketNumbersCauseNoDelay() async throws {
    let closing = try await RawReceiver.start(
      bytes: "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", closes: true)
    let lasting = try await HTTPReceiver.start()
    let kinds = try await Self.running { transport in
      var kinds: [AttemptOutcome.Kind] = []
      for _ in 0..<40 {
        kinds += await withTaskGroup(of: AttemptOutcome.Kind.self) { group in
          for index in 0..<20 {
            let url = index.isMultiple(of: 2) ? closing.url : lasting.url
            group.addTask { await transport.attempt(Self.request(url, timeout: .seconds(20))).kind }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
      }
      return kinds
    }
    #expect(kinds == Array(repeating: .delivered, count: 800))
    try await closing.stop()
    try await lasting.stop()
  }

  @Test func manyAttemptsRunConcurrently() async throws {
    let receiver = try await HTTPReceiver.start()
    let delivered = try await Self.running { transport in
      await withTaskGroup(of: AttemptOutcome.self) { group in
        for _ in 0..<1000 { group.addTask { await transport.attempt(Self.request(receiver.url)) } }
        return await group.reduce(into: 0) { $0 += $1.kind == .delivered ? 1 : 0 }
      }
    }
    #expect(delivered == 1000)
    #expect(receiver.callbacks.count == 1000)
    try await receiver.stop()
  }

  @Test func attemptsAfterShutdownFail() async throws {
    let transport = HTTPDeliveryTransport(configuration: HTTPDeliveryConfiguration())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await transport.run() }
      group.cancelAll()
      try await group.waitForAll()
    }
    #expect(await transport.attempt(Self.request("http://127.0.0.1:9/")).error == "the service is stopping")
  }

  static func attempt(
    _ request: AttemptRequest, allowing networks: [String] = ["127.0.0.0/8"]
  ) async throws -> AttemptOutcome {
    try await running(allowing: networks) { await $0.attempt(request) }
  }

  static func running<Value: Sendable>(
    allowing networks: [String] = ["127.0.0.0/8"],
    _ body: @Sendable (HTTPDeliveryTransport) async -> Value
  ) async throws -> Value {
    var configuration = HTTPDeliveryConfiguration()
    configuration.allowedNetworks = networks.compactMap { CIDR($0) }
    return await running(configuration, body)
  }

  static func running<Value: Sendable>(
    _ configuration: HTTPDeliveryConfiguration, _ body: @Sendable (HTTPDeliveryTransport) async -> Value
  ) async -> Value {
    let transport = HTTPDeliveryTransport(configuration: configuration)
    return await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await transport.run() }
      defer { group.cancelAll() }
      return await body(transport)
    }
  }

  static func request(
    _ url: String, payload: String? = nil, tags: [String: String] = [:], timeout: Duration = .seconds(10)
  ) -> AttemptRequest {
    let at = Timestamp(milliseconds: 1_795_447_800_000)
    let definition = TimerDefinition(
      executeAt: at, destination: .http(HTTPDestination(url: url)), payload: payload.map { Array($0.utf8) },
      tags: tags)
    let create = CreateTimer(key: TimerKey(groupID: "g", timerID: "t"), definition: definition)
    return AttemptRequest(timer: Timer(creating: create, at: at), startedAt: at, timeout: timeout)
  }
}
