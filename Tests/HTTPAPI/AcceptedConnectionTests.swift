import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPAPI

@Suite struct AcceptedConnectionTests {
  /// Without its own end, SwiftNIO would end the process.
  @Test(.timeLimit(.minutes(1)))
  func droppedConnectionClosesItself() async throws {
    let channel = NIOAsyncTestingChannel()
    try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    do {
      let connection = try await channel.testingEventLoop.submit { try AcceptedConnection(channel) }.get()
      #expect(connection.channel.isActive)
    }
    try await channel.closeFuture.get()
    #expect(!channel.isActive)
  }
}
