import DeliveryHTTP
import TestSupport
import Testing
import TimerModel

/// Receivers that never stop sending. None keeps libcurl's thread from the attempts of others.
@Suite struct FloodTests {
  @Test(.timeLimit(.minutes(1)), arguments: [H2Receiver.Script.pings, .windows, .emptyFrames])
  func endlessFramesDoNotDelayOthers(script: H2Receiver.Script) async throws {
    let flood = try H2Receiver(script)
    let other = try await HTTPReceiver.start()
    let outcomes = await HTTPDeliveryTransportTests.running(
      RepeatedSendTests.configuration(flood.certificate)
    ) { [url = flood.url] transport in
      let flooded = HTTPDeliveryTransportTests.request(url, timeout: .seconds(50))
      async let ending = transport.attempt(flooded)
      // Attempts in a row, so that some of them run while the flood does.
      var kinds: [AttemptOutcome.Kind] = []
      repeat {
        kinds.append(await transport.attempt(HTTPDeliveryTransportTests.request(other.url)).kind)
      } while (try? flood.requests) == 0
      for _ in 0..<20 {
        kinds.append(await transport.attempt(HTTPDeliveryTransportTests.request(other.url)).kind)
      }
      return (await ending, kinds)
    }
    #expect(outcomes.1.allSatisfy { $0 == .delivered })
    // It ends long before its time-out; where a head came, by its status.
    #expect(outcomes.0.kind == (script == .emptyFrames ? .delivered : .failed(retryAfter: nil)))
    #expect(outcomes.0.error?.contains("Timeout") != true)
    try await other.stop()
  }

  @Test(arguments: ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"])
  func endlessInterimResponsesFail(part: String) async throws {
    let receiver = try await RawReceiver.start(bytes: String(repeating: part, count: 10_000))
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url))
    #expect(outcome.kind == .failed(retryAfter: nil))
    #expect(outcome.error == "the answer has more than 65536 bytes of headers")
    try await receiver.stop()
  }

  @Test func endlessTrailersCountByStatus() async throws {
    let trailers = String(repeating: "x: y\r\n", count: 20_000)
    let receiver = try await RawReceiver.start(
      bytes: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\(trailers)")
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url))
    #expect(outcome.kind == .delivered)
    try await receiver.stop()
  }

  @Test func tinyChunksAreReadUpToLimit() async throws {
    let chunks = String(repeating: "1\r\n[\r\n", count: 20_000)
    let receiver = try await RawReceiver.start(
      bytes: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(chunks)")
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url))
    #expect(outcome == AttemptOutcome(.delivered, statusCode: 200))
    try await receiver.stop()
  }
}
