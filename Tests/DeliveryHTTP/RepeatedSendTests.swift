import DeliveryHTTP
import Synchronization
import TestSupport
import Testing
import TimerModel

@testable import CurlClient

/// An attempt sends its request once, and again only where it may.
@Suite struct RepeatedSendTests {
  private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
  private static let closedNote =
    "the request was sent twice: a connection that was in use before was closed before an answer came"

  @Test func resetNewConnectionCausesNoResend() async throws {
    let receiver = try await ScriptedReceiver.start { _ in .reset }
    let outcomes = try await HTTPDeliveryTransportTests.running { transport in
      var outcomes: [AttemptOutcome] = []
      for _ in 0..<4 {
        outcomes.append(await transport.attempt(HTTPDeliveryTransportTests.request(receiver.url)))
      }
      return outcomes
    }
    #expect(outcomes.allSatisfy { $0.kind == .failed(retryAfter: nil) && $0.note == nil })
    #expect(receiver.requests.map(\.place.connection) == [1, 2, 3, 4])
    try await receiver.stop()
  }

  @Test func resetReusedConnectionCausesOneResend() async throws {
    let (requests, outcome) = try await afterIdleConnections { _ in .reset }
    #expect(outcome.kind == .failed(retryAfter: nil))
    #expect(outcome.note == Self.closedNote)
    // The second time on a connection that did not exist before.
    #expect(requests.count == 2)
    #expect(requests.first?.place.request == 2)
    #expect(requests.last?.place.request == 1)
  }

  @Test func resentRequestMaySucceed() async throws {
    let (requests, outcome) = try await afterIdleConnections { $0.request > 1 ? .reset : .send(Self.ok) }
    #expect(outcome == AttemptOutcome(.delivered, statusCode: 200, note: Self.closedNote))
    #expect(requests.count == 2)
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n"])
  func partialResponsePreventsResend(bytes: String) async throws {
    let (requests, outcome) = try await afterIdleConnections { _ in .sendAndClose(bytes) }
    #expect(outcome.kind == .failed(retryAfter: nil))
    #expect(outcome.note == nil)
    #expect(requests.count == 1)
  }

  /// libcurl counts in its handles how often it wanted to send again, for as long as they live, and gives up after the fifth time.
  @Test func manyResetConnectionsStillDeliver() async throws {
    let receiver = try await ScriptedReceiver.start { $0.request > 1 ? .reset : .send(Self.ok) }
    let outcomes = try await HTTPDeliveryTransportTests.running { transport in
      var outcomes: [AttemptOutcome] = []
      for _ in 0..<30 {
        outcomes.append(await transport.attempt(HTTPDeliveryTransportTests.request(receiver.url)))
      }
      return outcomes
    }
    #expect(outcomes.allSatisfy { $0.kind == .delivered })
    #expect(outcomes.filter { $0.note == Self.closedNote }.count == 15)
    #expect(receiver.requests.count == 45)
    try await receiver.stop()
  }

  @Test(arguments: [
    (H2Receiver.Script.goaway, AttemptOutcome.Kind.delivered, 2), (.gentleGoaway, .delivered, 2),
    (.refuse, .delivered, 2), (.refuseAll, .failed(retryAfter: nil), CurlSends.limit),
    (.close, .failed(retryAfter: nil), 1), (.reset, .failed(retryAfter: nil), 1),
  ])
  func unprocessedStreamsAreResent(
    script: H2Receiver.Script, kind: AttemptOutcome.Kind, requests: Int
  ) async throws {
    let receiver = try H2Receiver(script)
    let outcome = await HTTPDeliveryTransportTests.running(Self.configuration(receiver.certificate)) {
      [url = receiver.url] in await $0.attempt(HTTPDeliveryTransportTests.request(url))
    }
    #expect(outcome.kind == kind, "\(outcome)")
    #expect(try receiver.requests == requests)
    #expect((outcome.note?.hasSuffix("the receiver had not processed it") ?? false) == (requests > 1))
  }

  @Test func closedHTTP2ConnectionCausesOneResend() async throws {
    let receiver = try H2Receiver(.closeLater)
    let outcomes = await HTTPDeliveryTransportTests.running(Self.configuration(receiver.certificate)) {
      [url = receiver.url] transport in
      var outcomes: [AttemptOutcome] = []
      for _ in 0..<2 { outcomes.append(await transport.attempt(HTTPDeliveryTransportTests.request(url))) }
      return outcomes
    }
    #expect(outcomes.map(\.kind) == [.delivered, .delivered])
    #expect(outcomes.map(\.note) == [nil, Self.closedNote])
    #expect(try receiver.requests == 3)
  }

  @Test(.timeLimit(.minutes(1)))
  func connectionRequestLimitLosesNothing() async throws {
    let server = try NginxServer(requestsPerConnection: 20)
    let outcomes = await HTTPDeliveryTransportTests.running(Self.configuration(server.certificate)) {
      [url = server.url] transport in
      await withTaskGroup(of: AttemptOutcome.self) { group in
        for _ in 0..<2000 {
          group.addTask {
            await transport.attempt(HTTPDeliveryTransportTests.request(url, timeout: .seconds(50)))
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(outcomes.count == 2000)
    #expect(outcomes.filter { $0.kind != .delivered } == [])
  }

  /// Opens idle connections to a receiver, then has it do `turn` with one more attempt's requests.
  private func afterIdleConnections(
    _ turn: @escaping @Sendable (ScriptedReceiver.Place) -> ScriptedReceiver.Turn
  ) async throws -> (requests: [ScriptedReceiver.Request], outcome: AttemptOutcome) {
    let isWarm = Mutex(false)
    let receiver = try await ScriptedReceiver.start { place in
      // All at once, so that each has a connection of its own.
      isWarm.withLock { $0 } ? turn(place) : .sendLater(Self.ok, after: .milliseconds(300))
    }
    let request = HTTPDeliveryTransportTests.request(receiver.url)
    let outcome = try await HTTPDeliveryTransportTests.running { transport in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { _ = await transport.attempt(request) } }
      }
      isWarm.withLock { $0 = true }
      return await transport.attempt(request)
    }
    try await receiver.stop()
    return (Array(receiver.requests.dropFirst(4)), outcome)
  }

  static func configuration(_ certificate: String) -> HTTPDeliveryConfiguration {
    var configuration = HTTPDeliveryConfiguration()
    configuration.allowedNetworks = ["127.0.0.0/8"].compactMap { CIDR($0) }
    configuration.caFile = certificate
    // On a busy machine a hundred handshakes at once take longer than the default.
    configuration.connectTimeout = .seconds(30)
    return configuration
  }
}
