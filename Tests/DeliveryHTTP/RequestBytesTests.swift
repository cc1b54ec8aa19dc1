import DeliveryHTTP
import TestSupport
import Testing
import TimerModel

/// The bytes of a request that a receiver sees.
@Suite struct RequestBytesTests {
  private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
  /// All that a callback's URL may consist of, but for the number sign.
  private static let printable = String(
    String.UnicodeScalarView((0x21...0x7e).filter { $0 != 0x23 }.compactMap { UnicodeScalar($0) }))

  @Test(arguments: [
    "/a/./b/../c", "/..", "/.", "/a/..", "//", "//x//y/", "/%2e%2e/%2E/x", "/%", "/%zz%0d%0a%00", "/a\\b",
    "/" + printable, "/?" + printable,
    "/p?" + printable, "/a?", "/?", "/a?b/../c?d", "/http://x/../y", "/a;b=../c",
  ])
  func requestTargetIsSentUnchanged(target: String) async throws {
    let receiver = try await ScriptedReceiver.start { _ in .send(Self.ok) }
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url + target))
    #expect(outcome.kind == .delivered)
    #expect(receiver.requests.map(\.target) == [target])
    try await receiver.stop()
  }

  /// An empty path is sent as a slash (RFC 9112, section 3.2.1).
  @Test(arguments: [("", "/"), ("?", "/?"), ("?a/../b", "/?a/../b")])
  func emptyPathBecomesSlash(given: String, target: String) async throws {
    let receiver = try await ScriptedReceiver.start { _ in .send(Self.ok) }
    _ = try await HTTPDeliveryTransportTests.attempt(HTTPDeliveryTransportTests.request(receiver.url + given))
    #expect(receiver.requests.map(\.target) == [target])
    try await receiver.stop()
  }

  /// The same bytes where the request is sent a second time.
  @Test func resentTargetIsUnchanged() async throws {
    let receiver = try await ScriptedReceiver.start { $0.request > 1 ? .reset : .send(Self.ok) }
    try await HTTPDeliveryTransportTests.running { transport in
      for _ in 0..<2 {
        _ = await transport.attempt(HTTPDeliveryTransportTests.request(receiver.url + "/a/./b/../c?"))
      }
    }
    #expect(receiver.requests.map(\.target) == Array(repeating: "/a/./b/../c?", count: 3))
    try await receiver.stop()
  }

  @Test func headersAreSentOnce() async throws {
    let receiver = try await ScriptedReceiver.start { _ in .send(Self.ok) }
    let payload = "\"" + String(repeating: "x", count: 200_000) + "\""
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url, payload: payload))
    #expect(outcome.kind == .delivered)
    let request = try #require(receiver.requests.first)
    let names = request.headers.map { $0.name.lowercased() }
    #expect(request.method == "POST")
    #expect(request.headers.first { $0.name.lowercased() == "host" }?.value == "127.0.0.1:\(receiver.port)")
    for name in ["host", "content-length", "content-type", "user-agent", "webhook-id"] {
      #expect(names.filter { $0 == name }.count == 1, "\(name)")
    }
    for name in ["transfer-encoding", "expect", "connection", "te", "upgrade", "accept-encoding"] {
      #expect(!names.contains(name), "\(name)")
    }
    try await receiver.stop()
  }
}
