import DeliveryHTTP
import FoundationEssentials
import Testing
import TimerModel

/// Callbacks over TLS and HTTP/2, to a server that speaks nothing else.
@Suite struct HTTP2Tests {
  @Test func manyCallbacksShareOneConnection() async throws {
    let server = try NghttpServer()
    var configuration = HTTPDeliveryConfiguration()
    configuration.allowedNetworks = ["127.0.0.0/8"].compactMap { CIDR($0) }
    configuration.caFile = server.certificate.path
    let port = server.port
    let outcomes = await HTTPDeliveryTransportTests.running(configuration) { transport in
      let request = HTTPDeliveryTransportTests.request("https://127.0.0.1:\(port)/callback")
      var outcomes = [await transport.attempt(request)]
      outcomes += await withTaskGroup(of: AttemptOutcome.self) { group in
        for _ in 0..<50 { group.addTask { await transport.attempt(request) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      return outcomes
    }
    #expect(outcomes == Array(repeating: AttemptOutcome(.delivered, statusCode: 200), count: 51))
    let connections = try server.connections
    #expect(connections == 1)
  }

  @Test func untrustedCertificateFails() async throws {
    let server = try NghttpServer()
    var configuration = HTTPDeliveryConfiguration()
    configuration.allowedNetworks = ["127.0.0.0/8"].compactMap { CIDR($0) }
    // Reading the system's certificates takes a debug build seconds on a busy machine, and far more under a sanitizer.
    configuration.connectTimeout = .seconds(60)
    let outcome = await HTTPDeliveryTransportTests.running(configuration) { [port = server.port] transport in
      await transport.attempt(
        HTTPDeliveryTransportTests.request("https://127.0.0.1:\(port)/", timeout: .seconds(60)))
    }
    #expect(outcome.kind == .failed(retryAfter: nil))
    #expect(outcome.error?.contains("certificate") == true)
  }
}
