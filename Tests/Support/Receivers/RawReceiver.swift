import NIOCore
import NIOPosix

/// A receiver that speaks no HTTP of its own: it sends given bytes to every client.
package final class RawReceiver: Sendable {
  private let channel: any Channel
  private let connections: Arrivals<Void>

  /// Starts a receiver; after a request it sends `bytes`, again and again if `isEndless`, one by one if there is a `pause`
  /// between them, and closes if asked to.
  package static func start(
    bytes: String, isEndless: Bool = false, pause: Duration = .zero, closes: Bool = false
  ) async throws -> RawReceiver {
    let connections = Arrivals<Void>()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            RawHandler(
              connections: connections, bytes: bytes, isEndless: isEndless, pause: TimeAmount(pause),
              closes: closes))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return RawReceiver(channel: channel, connections: connections)
  }

  private init(channel: any Channel, connections: Arrivals<Void>) {
    self.channel = channel
    self.connections = connections
  }

  /// Its port on 127.0.0.1.
  package var port: Int { channel.localAddress?.port ?? 0 }

  /// Its address, such as `http://127.0.0.1:40000`.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// Waits until something has arrived on `count` connections, or the task is cancelled.
  package func wait(forConnections count: Int) async { await connections.wait { $0.count >= count } }

  /// Stops listening.
  package func stop() async throws { try await channel.close() }
}
