import DeliveryHTTP
import TestSupport
import Testing
import TimerModel

/// Names that stand for several addresses, and names whose connections grow old. `127.0.0.1` is the receiver; nobody listens on the
/// others.
@Suite struct AddressTests {
  private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

  @Test(arguments: [
    // Whichever of them can be reached and is allowed.
    (["127.0.0.1"], ["127.0.0.1/32"], AttemptOutcome.Kind.delivered),
    (["127.0.0.2", "127.0.0.1"], ["127.0.0.0/8"], .delivered),
    (["10.0.0.1", "127.0.0.1"], ["127.0.0.1/32"], .delivered),
    (["127.0.0.1", "10.0.0.1"], ["127.0.0.1/32"], .delivered),
    // One that is allowed and fails may be there again later, whatever the others are.
    (["10.0.0.1", "127.0.0.2"], ["127.0.0.0/8"], .failed(retryAfter: nil)),
    (["127.0.0.2", "10.0.0.1"], ["127.0.0.0/8"], .failed(retryAfter: nil)),
    (["127.0.0.2"], ["127.0.0.0/8"], .failed(retryAfter: nil)),
    // None that is allowed.
    (["10.0.0.1", "169.254.169.254"], ["127.0.0.1/32"], .permanentFailure),
    (["127.0.0.1"], [], .permanentFailure),
    (["[::1]", "127.0.0.1"], ["10.0.0.0/8"], .permanentFailure),
  ])
  func addressesAreTriedInTurn(
    addresses: [String], allowed: [String], kind: AttemptOutcome.Kind
  ) async throws {
    let receiver = try await ScriptedReceiver.start { _ in .send(Self.ok) }
    var configuration = HTTPDeliveryConfiguration()
    configuration.allowedNetworks = allowed.compactMap { CIDR($0) }
    configuration.knownAddresses = ["several.test:\(receiver.port):\(addresses.joined(separator: ","))"]
    let outcome = await HTTPDeliveryTransportTests.running(configuration) {
      await $0.attempt(HTTPDeliveryTransportTests.request("http://several.test:\(receiver.port)/"))
    }
    #expect(outcome.kind == kind)
    #expect((outcome.error?.contains("is not allowed") ?? false) == (kind == .permanentFailure))
    #expect(receiver.requests.count == (kind == .delivered ? 1 : 0))
    try await receiver.stop()
  }

  /// A connection that is never idle for long is left behind as well.
  @Test func connectionsExpireAfterTheirLifetime() async throws {
    let receiver = try await ScriptedReceiver.start { _ in .sendLater(Self.ok, after: .milliseconds(300)) }
    var configuration = HTTPDeliveryConfiguration()
    configuration.allowedNetworks = ["127.0.0.0/8"].compactMap { CIDR($0) }
    configuration.connectionLifetime = .seconds(1)
    await HTTPDeliveryTransportTests.running(configuration) { transport in
      for _ in 0..<10 { _ = await transport.attempt(HTTPDeliveryTransportTests.request(receiver.url)) }
    }
    let connections = receiver.requests.map(\.place.connection)
    #expect(connections.first == 1)
    // Ten times 0.3 s are more than the second, which is counted in whole ones.
    #expect(Set(connections).count >= 2)
    #expect(Set(connections).count < connections.count, "one carried several requests")
    try await receiver.stop()
  }
}
