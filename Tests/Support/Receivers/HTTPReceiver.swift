import NIOCore
import NIOHTTP1
import NIOPosix

/// A receiver of callbacks on this machine that remembers them and answers each with one status, or the first ones with others.
package final class HTTPReceiver: Sendable {
  private let channel: any Channel
  private let log: Arrivals<ReceivedCallback>

  /// Starts a receiver, on a port that the system chooses unless there is one; each answer takes `delay`.
  package static func start(
    status: Int = 200, first: [Int] = [], delay: Duration = .zero, host: String = "127.0.0.1", port: Int = 0
  ) async throws -> HTTPReceiver {
    let log = Arrivals<ReceivedCallback>()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            CallbackHandler(
              log: log, statuses: (first + [status]).map { HTTPResponseStatus(statusCode: $0) },
              delay: TimeAmount(delay)))
        }
      }
      .bind(host: host, port: port).get()
    return HTTPReceiver(channel: channel, log: log)
  }

  private init(channel: any Channel, log: Arrivals<ReceivedCallback>) {
    self.channel = channel
    self.log = log
  }

  package var port: Int { channel.localAddress?.port ?? 0 }

  /// Its address, such as `http://127.0.0.1:40000`.
  package var url: String { "http://\(channel.localAddress?.ipAddress ?? ""):\(port)" }

  /// The callbacks that arrived so far, in order.
  package var callbacks: [ReceivedCallback] { log.all }

  /// Waits until `condition` holds for what arrived, or the task is cancelled; looks at every arrival.
  package func wait(until condition: @escaping @Sendable ([ReceivedCallback]) -> Bool) async {
    await log.wait(until: condition)
  }

  /// Stops listening.
  package func stop() async throws { try await channel.close() }
}
