import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import HTTPAPI

/// Connections without a request when the server stops, by a manual clock.
@Suite struct DrainedConnectionTests {
  private static let request = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n"

  private let loop = EmbeddedEventLoop()
  private let channel: EmbeddedChannel

  init() throws {
    channel = EmbeddedChannel(loop: loop)
    let line = RequestLineObserver()
    try channel.pipeline.syncOperations.addHandlers(
      HTTPResponseEncoder(), line, ByteToMessageHandler(HTTPRequestDecoder()),
      HTTPConnection(line: line, shutdown: ShutdownNotice(), onRejection: { _, _ in }))
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
  }

  private func drain() { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }

  @Test func requestSentBeforeDrainIsAnswered() throws {
    drain()
    try channel.writeInbound(ByteBuffer(string: Self.request))
    guard case .head = try channel.readInbound(as: HTTPRequestPart.self) else {
      Issue.record("the request was not handed on")
      return
    }
    // Its answer may take longer than the last look.
    loop.advanceTime(by: .seconds(1))
    #expect(channel.isActive)
    try channel.writeOutbound(HTTPResponsePart.head(.init(status: .ok)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
    let answer = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
    #expect(answer?.lowercased().contains("connection: close") == true)
    loop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test func idleConnectionIsClosed() {
    drain()
    loop.run()
    #expect(channel.isActive)
    loop.advanceTime(by: .milliseconds(100))
    #expect(!channel.isActive)
  }
}
